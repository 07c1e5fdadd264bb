import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Connection, connect } from "@/db/client";
import { copyRows } from "@/db/copy";
import { type Clone, cloneDatabase } from "../setup/database";

/** The driver as it is patched (patches/): unpatched, each of these ends the process or hangs a pool. */
let clone: Clone;
let connection: Connection;
const NAME = "lost-connections";

beforeAll(async () => {
  clone = await cloneDatabase();
  connection = connect(clone.workerUrl, { name: NAME, max: 3, prepare: true });
  await clone.superuser.db.execute(sql`create table kept (what text)`);
  await clone.superuser.db.execute(sql`grant all on kept to sportello_worker`);
});
afterAll(async () => {
  await connection.close();
  await clone.drop();
});

const endBackends = () =>
  clone.superuser.db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${NAME} and datname = current_database()`);

const kept = async () => {
  const rows = await clone.superuser.db.execute<{ what: string }>(sql`select what from kept`);
  return rows.map(({ what }) => what);
};

test("no statement waits for the other side to confirm what was sent before (Nagle)", async () => {
  const noDelay = vi.spyOn(Socket.prototype, "setNoDelay");
  const other = connect(clone.workerUrl, { name: NAME, max: 1 });
  await other.db.execute(sql`select 1`);
  expect(noDelay.mock.calls).toEqual([[true]]);
  await other.close();
  noDelay.mockRestore();
});

test("plans of statements are kept, but not those of texts without end", async () => {
  const other = connect(clone.workerUrl, { name: NAME, max: 1, prepare: true });
  for (let at = 0; at < 450; at += 1) {
    await other.db.execute(sql`select ${at}::int as ${sql.identifier(`n${at}`)}`);
  }
  const [{ plans } = { plans: 0 }] = await other.db.execute<{ plans: number }>(
    sql`select count(*)::int as plans from pg_prepared_statements where statement like 'select $1%'`,
  );
  expect(plans).toBe(400);
  await other.close();
});

test("a COPY whose last bytes are wrong fails instead of hanging", async () => {
  const copied = connection.db.transaction(async (tx) => {
    await copyRows(tx, "kept", { what: "text" }, rowsOf([{ what: "right" }, { what: "\u0000" }]));
  });
  await expect(copied).rejects.toThrow(/invalid byte sequence/);
  expect(await kept()).toEqual([]);
});

async function* rowsOf<Row>(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

test("a transaction that loses its connection fails as a whole, and does nothing more", async () => {
  const refused: unknown[] = [];
  let ended: Promise<void> = Promise.resolve();
  const lost = connection.db.transaction(async (tx) => {
    await tx.execute(sql`insert into kept values ('before')`);
    ended = (async () => {
      await endBackends();
      await sleep(100);
      // By now the pool may have given the connection, made anew, to somebody else.
      await connection.db.execute(sql`select 1`);
      await tx
        .execute(sql`insert into kept values ('after')`)
        .catch((error) => refused.push(error));
    })();
    await ended;
  });
  await expect(lost).rejects.toThrow();
  await ended;
  expect(refused).toHaveLength(1);
  expect(await kept()).toEqual([]);
});

test("whenever connections are lost, the process goes on and every statement has an end", async () => {
  let stop = false;
  const outcomes = { done: 0, failed: 0 };
  const lane = async () => {
    while (!stop) {
      try {
        await connection.db.transaction(async (tx) => {
          await tx.execute(sql`select 1`);
          await tx.execute(sql`select pg_sleep(0.002)`);
          await tx.execute(sql`select 2`);
        });
        outcomes.done += 1;
      } catch {
        outcomes.failed += 1;
        await sleep(5);
      }
    }
  };
  const lanes = Array.from({ length: 6 }, lane);
  // Until enough has been done between the losses, however slow the machine is.
  for (let round = 0; round < 25 || outcomes.done <= 25; round += 1) {
    await sleep(20 + round);
    await endBackends();
  }
  stop = true;
  await Promise.all(lanes);
  expect(outcomes.failed).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 20 }, () => connection.db.execute(sql`select 3`)));
});
