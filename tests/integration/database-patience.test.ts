import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Connection, connect } from "@/db/client";
import { DatabaseBusyError } from "@/db/patience";
import { withinLimits } from "@/lib/auth/limits";
import { isUnavailable } from "@/lib/errors";
import { type DatabaseProxy, databaseProxy } from "../faults/database-proxy";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
let proxy: DatabaseProxy;
let open: Connection[];

beforeEach(async () => {
  clone = await cloneDatabase();
  proxy = await databaseProxy(clone);
  open = [];
});

afterEach(async () => {
  proxy.be({ kind: "sound" });
  await Promise.all(open.map((pool) => pool.close()));
  await proxy.close();
  await clone.drop();
});

function pool(options: Parameters<typeof connect>[1]): Connection {
  const made = connect(proxy.urls.webUrl, { max: 1, ...options });
  open.push(made);
  return made;
}

/** Takes the only connection until it is let go. */
async function taken({ db }: Connection) {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let has = () => {};
  const got = new Promise<void>((resolve) => {
    has = resolve;
  });
  const ended = db.transaction(async (tx) => {
    await tx.execute(sql`select 1`);
    has();
    await held;
  });
  await got;
  return async () => {
    letGo();
    await ended.catch(() => {});
  };
}

describe("whoever asks the database", () => {
  test("is told after a while that no connection is free, and what they wanted is never done", async () => {
    const failed: unknown[] = [];
    let waitMs = 60_000;
    const patience = {
      waitMs: () => waitMs,
      isOver: () => false,
      failed: (e: unknown) => failed.push(e),
    };
    const full = pool({ patience: () => patience });
    const letGo = await taken(full);
    waitMs = 50;
    const worked = vi.fn();
    await expect(full.db.transaction(async () => worked())).rejects.toThrow(DatabaseBusyError);
    const alone = await full.db.execute(sql`select 1`).catch((error: unknown) => error);
    expect(isUnavailable(alone)).toBe(true);
    expect(failed.every(isUnavailable)).toBe(true);
    expect(full.inHand()).toBe(2);
    await letGo();
    waitMs = 60_000;
    await expect(full.db.execute(sql`select 1 as one`)).resolves.toEqual([{ one: 1 }]);
    expect(worked).not.toHaveBeenCalled();
    expect(full.waiting().count).toBe(0);
  });

  test("and has been given up meanwhile, commits nothing", async () => {
    let over = false;
    const patience = { waitMs: () => 60_000, isOver: () => over, failed: () => {} };
    const web = pool({ patience: () => patience });
    await expect(
      web.db.transaction(async (tx) => {
        await tx.execute(sql`insert into rate_limits (key, points) values ('given up', 1)`);
        over = true;
      }),
    ).rejects.toThrow(DatabaseBusyError);
    over = false;
    const rows = await web.db.execute(sql`select from rate_limits where key = 'given up'`);
    expect(rows).toHaveLength(0);
  });

  test("over a network that swallows everything hears of it, and asks anew over a sound one", async () => {
    const web = pool({ silenceSeconds: 1, prepare: true });
    await web.db.execute(sql`select 1`);
    proxy.be({ kind: "swallows" });
    const lost = await web.db.execute(sql`select 1`).catch((error: unknown) => error);
    expect(lost).toMatchObject({ cause: { code: "CONNECTION_SILENT" } });
    expect(isUnavailable(lost)).toBe(true);
    proxy.be({ kind: "sound" });
    await expect(web.db.execute(sql`select 1 as one`)).resolves.toEqual([{ one: 1 }]);
  });

  test("is not kept trying for ever where every connection is cut", async () => {
    proxy.be({ kind: "cut" });
    const cut = await pool({})
      .db.execute(sql`select 1`)
      .catch((error: unknown) => error);
    expect(isUnavailable(cut)).toBe(true);
  });

  test("of a statement that takes its time and gives signs of life is left alone", async () => {
    const web = pool({ silenceSeconds: 1 });
    const rows = await web.db.execute(
      sql`select pg_sleep(0.2), repeat('x', 20000) from generate_series(1, 8)`,
    );
    expect(rows).toHaveLength(8);
  });
});

test("limits count by the database's clock, whatever a process takes for now", async () => {
  const { db } = pool({ max: 2 });
  for (let asked = 0; asked < 5; asked += 1) {
    expect(await withinLimits(db, [["link_email", "ada@posta.example"]])).toBe(true);
  }
  const now = Date.now();
  try {
    for (const hours of [26, -26]) {
      vi.spyOn(Date, "now").mockReturnValue(now + hours * 3_600_000);
      expect(await withinLimits(db, [["link_email", "ada@posta.example"]])).toBe(false);
    }
  } finally {
    vi.restoreAllMocks();
  }
  const [row] = await db.execute(
    sql`select points, expire between clock_timestamp() and clock_timestamp() + interval '1 hour' as near from rate_limits`,
  );
  expect(row).toEqual({ points: 7, near: true });
});
