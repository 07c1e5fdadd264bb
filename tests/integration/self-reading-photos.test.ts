import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect } from "vitest";
import { auditLog, selfReadingPhotos, selfReadings } from "@/db/schema";
import { eraseAccount } from "@/lib/accounts/commands/erase-account";
import { inTransaction } from "@/lib/auth/context";
import { addPhoto } from "@/lib/consumption/commands/add-photo";
import { decideSelfReading } from "@/lib/consumption/commands/decide-self-reading";
import { forgetPhotos } from "@/lib/consumption/commands/forget-photos";
import { removePhotosJob } from "@/lib/consumption/jobs";
import { findMeterPhoto, findReadingReceipt } from "@/lib/consumption/queries/told-readings";
import { NotFoundError } from "@/lib/errors";
import { findDocument, putDocument, readDocument } from "@/lib/storage/document-storage";
import { newPhotoKey } from "@/lib/storage/meter-photos";
import { makeTold } from "../factories/meter-readers";
import { makeCustomer, makeStaff, must } from "../factories/people";
import { exif, JPEG, makeJpeg, makePng } from "../factories/photos";
import { test, type World } from "../setup/database";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sportello-photos-"));
  // Before the storage is first used: it is opened once.
  process.env.STORAGE_URL = `file:${folder}`;
});

const PHOTO = makeJpeg([JPEG.segment(0xe1, exif(6))]);
type Told = Awaited<ReturnType<typeof makeTold>>;

const add = (
  world: World,
  { actor, receiptCode }: Pick<Told, "actor" | "receiptCode">,
  file = PHOTO,
) => world.web(actor, (ctx) => addPhoto(ctx, receiptCode, file));
const find = (world: World, { actor, receiptCode }: Pick<Told, "actor" | "receiptCode">) =>
  world.web(actor, (ctx) => findMeterPhoto(ctx, receiptCode));
/** What the queue was given. */
const removals = (world: World) =>
  world.db.execute<{ payload: { keys: string[] } }>(
    sql`select payload from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'remove_photos'`,
  );
const filesOf = async ({ company }: Told) =>
  await readdir(path.join(folder, "meter-photos", String(company.id))).catch(() => []);
/** A key as old as the sweep asks for. */
const oldKey = (companyId: number) =>
  `meter-photos/${companyId}/${uuidv7({ msecs: Date.now() - 2 * 3_600_000 })}.jpeg`;

describe("addPhoto", () => {
  test("R30 keeps one photo without its place, audited; another takes its place", async ({
    world,
  }) => {
    const mine = await makeTold(world);
    expect(await add(world, mine)).toEqual({ ok: true, value: null });
    const first = must(await find(world, mine));
    expect(first.kind).toBe("jpeg");
    expect(Buffer.from(await readDocument(first.storageKey)).includes("GPS")).toBe(false);
    expect(await add(world, mine, makePng())).toMatchObject({ ok: true });
    const second = must(await find(world, mine));
    expect(second.kind).toBe("png");
    expect((await removals(world)).map(({ payload }) => payload)).toEqual([
      { keys: [first.storageKey] },
    ]);
    // What the job was told by mistake stays: a self-reading has it.
    await world.worker((ctx) =>
      removePhotosJob(ctx, { keys: [first.storageKey, second.storageKey, "audit/anchor.json"] }),
    );
    expect(await findDocument(first.storageKey)).toBeNull();
    expect(await findDocument(second.storageKey)).not.toBeNull();
    const entries = await world.db
      .select({ detail: auditLog.detail, by: auditLog.actorId })
      .from(auditLog)
      .where(eq(auditLog.action, "added_meter_photo"));
    const entry = { detail: { receiptCode: mine.receiptCode }, by: mine.account.id };
    expect(entries).toEqual([entry, entry]);
  });

  test("refuses what is no photo, and leaves nothing in the storage", async ({ world }) => {
    const mine = await makeTold(world);
    expect(await add(world, mine, Buffer.from("<html>"))).toMatchObject({ code: "no_photo" });
    expect(await add(world, mine, PHOTO.subarray(0, 40))).toMatchObject({ code: "unreadable" });
    expect(await add(world, mine, Buffer.alloc(0))).toMatchObject({ code: "no_file" });
    expect(await filesOf(mine)).toEqual([]);
    expect(await find(world, mine)).toBeNull();
  });

  test("R28 another customer neither adds nor sees; staff of every role see", async ({ world }) => {
    const mine = await makeTold(world);
    await add(world, mine);
    const kept = await find(world, mine);
    const other = await makeCustomer(world.db, { company: mine.company });
    const asOther = { actor: other.actor, receiptCode: mine.receiptCode };
    await expect(add(world, asOther)).rejects.toThrow(NotFoundError);
    expect(await find(world, asOther)).toBeNull();
    expect(await findMeterPhoto({ db: world.db, actor: other.actor }, mine.receiptCode)).toBeNull();
    expect(await find(world, mine)).toEqual(kept);
    expect(await filesOf(mine)).toHaveLength(1);
    for (const role of ["support", "operator", "admin"] as const) {
      const actor = await makeStaff(world.db, role);
      expect(await world.web(actor, (ctx) => findMeterPhoto(ctx, mine.receiptCode))).toEqual(kept);
    }
  });

  test("takes none for what is decided; the one that is there stays to be seen", async ({
    world,
  }) => {
    const mine = await makeTold(world);
    await add(world, mine);
    const operator = await makeStaff(world.db, "operator");
    await world.web(operator, (ctx) =>
      decideSelfReading(ctx, { code: mine.receiptCode, state: "accepted", refusal: null }),
    );
    expect(await add(world, mine)).toEqual({ ok: false, code: "decided" });
    const receipt = await world.web(mine.actor, (ctx) => findReadingReceipt(ctx, mine.receiptCode));
    expect(receipt?.photoAddedAt).toBeInstanceOf(Date);
    expect(await filesOf(mine)).toHaveLength(1);
  });

  test("what cannot be written down is removed from the storage again", async ({ world }) => {
    const mine = await makeTold(world);
    // It is decided between the look and the write; then the database itself fails.
    await world.db.execute(sql`create function decide_meanwhile() returns trigger language plpgsql as
      $$ begin return null; end $$`);
    await world.db.execute(sql`create trigger meanwhile before insert on self_reading_photos
      for each row execute function decide_meanwhile()`);
    expect(await add(world, mine)).toEqual({ ok: false, code: "decided" });
    expect(await filesOf(mine)).toEqual([]);
    await world.db.execute(sql`create or replace function decide_meanwhile() returns trigger
      language plpgsql as $$ begin raise exception 'disk full'; end $$`);
    await expect(add(world, mine)).rejects.toThrow();
    expect(await filesOf(mine)).toEqual([]);
  });
});

describe("forgetPhotos", () => {
  test("90 days after the decision, and after a year without one; no sooner", async ({ world }) => {
    const [decided, waiting, fresh] = [
      await makeTold(world),
      await makeTold(world),
      await makeTold(world),
    ];
    const keys: string[] = [];
    for (const mine of [decided, waiting, fresh]) {
      const key = oldKey(mine.company.id);
      await putDocument(key, PHOTO);
      await world.db.insert(selfReadingPhotos).values({
        ...mine.key,
        ...{ readingId: mine.row.id, accountId: mine.account.id, storageKey: key, kind: "jpeg" },
      });
      keys.push(key);
    }
    const age = async (days: number) => {
      await world.db
        .update(selfReadings)
        .set({ state: "accepted", decidedAt: sql`now() - make_interval(days => ${days})` })
        .where(eq(selfReadings.id, decided.row.id));
      await world.db
        .update(selfReadingPhotos)
        .set({ addedAt: sql`now() - make_interval(days => ${days + 275})` })
        .where(eq(selfReadingPhotos.readingId, waiting.row.id));
    };
    const left = async () =>
      await Promise.all(keys.map(async (key) => !!(await findDocument(key))));
    await age(89);
    await world.worker(forgetPhotos);
    expect(await left()).toEqual([true, true, true]);
    await age(91);
    await world.worker(forgetPhotos);
    expect(await left()).toEqual([false, false, true]);
    expect(await world.db.$count(selfReadingPhotos)).toBe(1);
  });

  test("removes what no self-reading has, once its transaction must be over; nothing else", async ({
    world,
  }) => {
    const mine = await makeTold(world);
    const [old, young] = [oldKey(mine.company.id), newPhotoKey(mine.company.id, "png")];
    const foreign = `meter-photos/${mine.company.id}/note.txt`;
    for (const key of [old, young, foreign]) {
      await putDocument(key, PHOTO);
    }
    await world.worker(forgetPhotos);
    expect(await findDocument(old)).toBeNull();
    expect(await findDocument(young)).not.toBeNull();
    expect(await findDocument(foreign)).not.toBeNull();
  });
});

describe("a deleted account", () => {
  test("R7 has no photo: its row goes at once, its file by the job that was queued with it", async ({
    world,
  }) => {
    const mine = await makeTold(world);
    const other = await makeTold(world);
    await add(world, mine);
    await add(world, other);
    const { storageKey } = must(await find(world, mine));
    await world.web(mine.actor, (ctx) =>
      inTransaction(ctx, (tx) => eraseAccount(tx, { farewell: false })),
    );
    expect(await world.db.select().from(selfReadingPhotos)).toMatchObject([
      { accountId: other.account.id },
    ]);
    const [job] = await removals(world);
    expect(job?.payload).toEqual({ keys: [storageKey] });
    await world.worker((ctx) => removePhotosJob(ctx, job?.payload));
    expect(await findDocument(storageKey)).toBeNull();
    expect(await filesOf(other)).toHaveLength(1);
    // Whoever is gone adds none.
    await expect(add(world, mine)).rejects.toThrow(NotFoundError);
    expect(await filesOf(mine)).toEqual([]);
  });
});
