import { type Connection, connect } from "@/db/client";
import { startEmbedded } from "@/db/embedded/launcher";
import { freshDatabase } from "../faults/fresh-database";
import { type BenchDatabase, benchDatabase } from "./database";

/** Where the benches' server keeps its files, as `benchDatabase` has it. */
const DATA = ".sportello-bench/data";

export interface ImportDatabase extends BenchDatabase {
  workerUrl: string;
  /** Makes rows that no program of the product could. */
  superuser: Connection;
}

/**
 * A fresh database on the benches' server: rounds of imports empty its tables, which those of the other
 * benches must not be. What is started from here, a web server included, uses it.
 */
export async function importDatabase(name = "bench_imports"): Promise<ImportDatabase> {
  const server = await benchDatabase();
  const embedded = await startEmbedded(DATA);
  const urls = await freshDatabase(embedded, name);
  Object.assign(process.env, {
    DATABASE_URL: urls.webUrl,
    DATABASE_WORKER_URL: urls.workerUrl,
    DATABASE_OWNER_URL: urls.ownerUrl,
  });
  const web = connect(urls.webUrl, { max: 2 });
  const worker = connect(urls.workerUrl, { max: 2 });
  const owner = connect(urls.ownerUrl, { max: 1 });
  const superuser = connect(urls.superuserUrl, { max: 1 });
  return {
    web,
    worker,
    owner,
    workerUrl: urls.workerUrl,
    superuser,
    async release() {
      await Promise.all([web.close(), worker.close(), owner.close(), superuser.close()]);
      await embedded.release();
      await server.release();
    },
  };
}
