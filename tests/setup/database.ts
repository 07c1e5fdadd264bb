import { sql } from "drizzle-orm";
import postgres from "postgres";
import { test as base, inject } from "vitest";
import { type Connection, connect, type Transaction } from "@/db/client";
import type { Actor, SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { everyStatement, productAtWork, statementsAtWork } from "./keys/asked";
import { type DatabaseUrls, databaseUrls } from "./urls";

/** A database of a test's own, made from the migrated template; for tests that must commit. */
export interface Clone extends DatabaseUrls {
  web: Connection;
  worker: Connection;
  superuser: Connection;
  drop(): Promise<void>;
}

let clones = 0;

export async function cloneDatabase(): Promise<Clone> {
  const server = inject("postgres");
  clones += 1;
  const name = `clone_${process.pid}_${clones}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = postgres(server.superuserUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(
    `create database ${name} template template_sportello owner sportello_owner strategy file_copy`,
  );
  const urls = databaseUrls(server, name);
  const web = connect(urls.webUrl, { logger: everyStatement });
  const worker = connect(urls.workerUrl, { logger: everyStatement });
  const superuser = connect(urls.superuserUrl, { max: 2, logger: statementsAtWork });
  return {
    ...urls,
    web,
    worker,
    superuser,
    async drop() {
      await Promise.all([web.close(), worker.close(), superuser.close()]);
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}

/** What a test gets: one transaction, rolled back afterwards, seen through different roles. */
export interface World {
  /** As the superuser: for factories and for looking at what is really there. */
  db: Transaction;
  /** Runs a query or command as the web role on behalf of an actor: row-level security holds. */
  web<A extends Actor, T>(actor: A, work: (ctx: Context<A>) => Promise<T>): Promise<T>;
  /** The same as the worker role, as the jobs and the command line run. */
  worker<T>(work: (ctx: Context<SystemActor>) => Promise<T>): Promise<T>;
}

class RollBack extends Error {}

let clone: Promise<Clone> | undefined;

/** vitest's `test` with a `world`: a real PostgreSQL, cloned per worker, rolled back per test. */
export const test = base.extend<{ world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixture's needs from it
  world: async ({}, use) => {
    clone ??= cloneDatabase();
    const { superuser } = await clone;
    await superuser.db
      .transaction(async (tx) => {
        await use({
          db: tx,
          web: (actor, work) => under(tx, "sportello_web", () => work({ db: tx, actor })),
          worker: (work) =>
            under(tx, "sportello_worker", () =>
              work({ db: tx, actor: { kind: "system", name: "test" } }),
            ),
        });
        throw new RollBack();
      })
      .catch((error: unknown) => {
        if (!(error instanceof RollBack)) {
          throw error;
        }
      });
  },
});

async function under<T>(tx: Transaction, role: string, work: () => Promise<T>): Promise<T> {
  await tx.execute(sql.raw(`set local role ${role}`));
  try {
    return await productAtWork(work);
  } finally {
    await tx.execute(sql.raw("reset role"));
  }
}
