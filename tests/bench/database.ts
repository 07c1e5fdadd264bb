import { type Connection, connect } from "@/db/client";
import { localEnvironment } from "@/lib/cli/local-environment";

export interface BenchDatabase {
  web: Connection;
  worker: Connection;
  /** Statistics and emptied tables are the owner's to make. */
  owner: Connection;
  release(): Promise<void>;
}

/**
 * The benches' own embedded database, kept from one to the next with the worlds in it. It is never
 * the one that DATABASE_URL names: rounds empty its tables.
 */
export async function benchDatabase(): Promise<BenchDatabase> {
  for (const name of ["DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_OWNER_URL"]) {
    delete process.env[name];
  }
  process.env.SPORTELLO_DATA = ".sportello-bench/data";
  process.env.RESEND_BASE_URL ||= "http://127.0.0.1:9";
  const local = await localEnvironment();
  const web = connect(process.env.DATABASE_URL ?? "", { max: 2 });
  const worker = connect(process.env.DATABASE_WORKER_URL ?? "", { max: 2 });
  const owner = connect(process.env.DATABASE_OWNER_URL ?? "", { max: 1 });
  return {
    web,
    worker,
    owner,
    async release() {
      await Promise.all([web.close(), worker.close(), owner.close()]);
      await local.release();
    },
  };
}

/** What a piece of work took: time on the clock, and what it wrote to the write-ahead log. */
export interface Cost {
  ms: number;
  walBytes: number;
}

/** Runs `work` and measures it. Nothing else may write meanwhile. */
export async function costOf(
  { worker }: BenchDatabase,
  work: () => Promise<unknown>,
): Promise<Cost> {
  const written = async () => {
    const [row] = await worker.sql<{ bytes: string }[]>`
      select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes`;
    return Number(row?.bytes ?? Number.NaN);
  };
  const before = await written();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  return { ms, walBytes: (await written()) - before };
}
