import { readFile } from "node:fs/promises";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test as plain, vi } from "vitest";
import { auditLog, documents, invoicingRuns, mailRoomExports } from "@/db/schema";
import { exportMailRoom, readMailRoomExport } from "@/lib/dispatches/commands/export-mail-room";
import { listMailRoom } from "@/lib/dispatches/queries/mail-room";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { makeDispatch } from "../factories/dispatches";
import { newFolder } from "../factories/import-files";
import { makeCompany, makeCustomer, makeHolder, makeStaff, must } from "../factories/people";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase, test, type World } from "../setup/database";

vi.setConfig({ testTimeout: 60_000 });

const PAPER = { channel: "paper", state: "paper", email: null } as const;

const exported = (world: World, company: string) =>
  world.worker((ctx) => exportMailRoom(ctx, { company }));

/** A company with one bill that turned to paper, one outside a run on paper by choice, and others. */
async function postbag(world: World) {
  const company = await makeCompany(world.db, { noticeDays: 10, printLeadDays: 4 });
  const customer = await makeCustomer(world.db, { company });
  const make = async (
    billNumber: string,
    over: Parameters<typeof makeDispatch>[2],
    document: { dueDate?: string } = {},
  ) => await makeDispatch(world.db, customer, { ...over, document: { billNumber, ...document } });
  await make("FELL", { ...PAPER, failure: "hard_bounce" }, { dueDate: "2026-11-12" });
  await make("SINGLE", PAPER, { dueDate: "2026-11-20" });
  await make("SENT", { state: "delivered" });
  const withdrawn = await make("WITHDRAWN", { ...PAPER, failure: "silence" });
  await world.db
    .update(documents)
    .set({ withdrawnAt: new Date() })
    .where(eq(documents.id, withdrawn.document.id));
  const [run] = await world.db
    .insert(invoicingRuns)
    .values({ companyId: company.id, name: "2026-05", cutOffAt: new Date("2026-05-15T16:00:00Z") })
    .returning();
  const runId = must(run).id;
  await make("PLANNED", { ...PAPER, runId });
  await make("FELL-IN-RUN", { ...PAPER, runId, failure: "complaint" });
  return { company, customer };
}

describe("R19 the mail room's list", () => {
  test("R19 R21 has what turned to paper and what is outside runs, with reason and latest safe day, and no more", async ({
    world,
  }) => {
    const { company, customer } = await postbag(world);
    const list = await exported(world, company.slug);
    const rows = list.ok ? list.value.rows : [];
    expect(rows.map(({ billNumber, reason }) => [billNumber, reason]).sort()).toEqual([
      ["FELL", "hard_bounce"],
      ["FELL-IN-RUN", "complaint"],
      ["SINGLE", "single"],
    ]);
    expect(rows.find(({ billNumber }) => billNumber === "FELL")).toMatchObject({
      latestSafeOn: "2026-10-29",
      dueDate: "2026-11-12",
      contractNumber: customer.contract.contractNumber,
      holderName: customer.holder.name,
      billingAddress: customer.contract.billingAddress,
    });
    const days = rows.map(({ latestSafeOn }) => latestSafeOn);
    expect(days).toEqual([...days].sort());
  });

  test("R19 each document is on one list, whenever it is asked for; a past list can be read again", async ({
    world,
  }) => {
    const { company, customer } = await postbag(world);
    const first = await exported(world, company.slug);
    expect(await exported(world, company.slug)).toEqual({ ok: false, code: "nothing_waits" });
    await makeDispatch(world.db, customer, { ...PAPER, document: { billNumber: "LATER" } });
    const second = await exported(world, company.slug);
    expect(second.ok && second.value.rows.map(({ billNumber }) => billNumber)).toEqual(["LATER"]);
    if (!first.ok) {
      throw new Error("there was no first list");
    }
    const again = await world.worker((ctx) =>
      readMailRoomExport(ctx, { company: company.slug, exportId: first.value.exportId }),
    );
    expect(again?.rows).toEqual(first.value.rows);
    const seen = await world.worker((ctx) => listMailRoom(ctx));
    expect(seen.exports.map(({ documents: count }) => count).sort()).toEqual([1, 3]);
    expect(seen.waiting.find(({ companySlug }) => companySlug === company.slug)).toMatchObject({
      documents: 0,
      firstSafeOn: null,
    });
  });

  test("R5 names no address that is another person's by now", async ({ world }) => {
    const { company, customer } = await postbag(world);
    const former = await makeHolder(world.db);
    await world.db
      .update(documents)
      .set({ holderId: former.id })
      .where(eq(documents.billNumber, "FELL"));
    const list = await exported(world, company.slug);
    const rows = list.ok ? list.value.rows : [];
    expect(rows.find(({ billNumber }) => billNumber === "FELL")).toMatchObject({
      holderName: former.name,
      billingAddress: null,
    });
    expect(rows.find(({ billNumber }) => billNumber === "SINGLE")?.billingAddress).toBe(
      customer.contract.billingAddress,
    );
  });

  test("a list that cannot be written away was never made", async ({ world }) => {
    const { company } = await postbag(world);
    await expect(
      world.worker((ctx) =>
        exportMailRoom(ctx, {
          company: company.slug,
          write: () => Promise.reject(new Error("the disk is full")),
        }),
      ),
    ).rejects.toThrow("the disk is full");
    expect(await exported(world, company.slug)).toMatchObject({ ok: true });
  });

  test("R28 support may look and not make or read a list; unknown roles may do nothing; nobody finds another company's", async ({
    world,
  }) => {
    const { company } = await postbag(world);
    const [operator, support] = [
      await makeStaff(world.db, "operator"),
      await makeStaff(world.db, "support"),
    ];
    const make = (ctx: Parameters<typeof exportMailRoom>[0]) =>
      exportMailRoom(ctx, { company: company.slug });
    await expect(world.web(support, make)).rejects.toThrow(ForbiddenError);
    const unknown = { ...support, role: "intern" as "support" };
    await expect(world.web(unknown, listMailRoom)).rejects.toThrow(ForbiddenError);
    expect((await world.web(support, listMailRoom)).waiting).not.toEqual([]);
    await expect(
      world.web(operator, (ctx) => exportMailRoom(ctx, { company: "nobodys" })),
    ).rejects.toThrow(NotFoundError);
    const list = await world.web(operator, make);
    const exportId = list.ok ? list.value.exportId : "";
    const read = (slug: string) => (ctx: Parameters<typeof readMailRoomExport>[0]) =>
      readMailRoomExport(ctx, { company: slug, exportId });
    await expect(world.web(support, read(company.slug))).rejects.toThrow(ForbiddenError);
    const other = await makeCompany(world.db);
    expect(await world.web(operator, read(other.slug))).toBeNull();
    expect((await world.web(operator, read(company.slug)))?.rows).toHaveLength(3);
    // R30: who took addresses out is known.
    const told = await world.db.select().from(auditLog).where(eq(auditLog.subjectId, exportId));
    expect(told.map(({ action, actorId }) => [action, actorId])).toEqual([
      ["exported_mail_room", operator.staffId],
      ["read_mail_room_export", operator.staffId],
    ]);
    const [made] = await world.db
      .select()
      .from(mailRoomExports)
      .where(eq(mailRoomExports.id, exportId));
    expect(must(made).person).toBe(`staff:${operator.staffId}`);
  });
});

describe("sportello mail-room export", () => {
  let clone: Clone;
  let folder: string;
  let sportello: ReturnType<typeof commandLine>;
  let company: string;

  beforeAll(async () => {
    clone = await cloneDatabase();
    folder = await newFolder();
    sportello = commandLine(clone, folder);
    company = await clone.superuser.db.transaction(async (db) => {
      const { company: made } = await postbag({ db } as World);
      return made.slug;
    });
  });
  afterAll(async () => {
    await clone.drop();
  });

  plain("R19 two at once share the documents, and none is on both lists", async () => {
    const answers = await Promise.all(
      [0, 1, 2].map(() => sportello(["mail-room", "export", "--company", company, "--json"])),
    );
    const rows = answers.flatMap(({ stdout }) => JSON.parse(stdout).rows ?? []);
    expect(rows).toHaveLength(3);
  });

  plain("R19 writes a file of CSV, says so, and that nothing waits after that", async () => {
    await clone.superuser.db.transaction(async (db) => {
      await postbag({ db } as World);
    });
    const [, second] = await clone.superuser.db.query.companies.findMany({
      columns: { slug: true },
    });
    const output = path.join(folder, "list.csv");
    const args = ["mail-room", "export", "--company", must(second).slug, "--output", output];
    expect(await sportello(args)).toMatchObject({
      code: 0,
      stdout: `Wrote 3 documents to ${output}.\n`,
    });
    const [head, ...lines] = (await readFile(output, "utf8")).trim().split("\n");
    expect(head).toBe(
      "latest_safe_on;reason;contract_number;holder_name;billing_address;bill_number;issue_date;due_date;document",
    );
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^2026-10-29;(hard_bounce|complaint);C\d+;/);
    const again = await sportello([...args.slice(0, 4), "--output", path.join(folder, "no.csv")]);
    expect(again).toMatchObject({ code: 0, stdout: "Nothing waits to be printed.\n" });
    await expect(readFile(path.join(folder, "no.csv"))).rejects.toThrow();
  });
});
