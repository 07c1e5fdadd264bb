import { buildAppCopy } from "./app-copy";
import { benchDatabase } from "./database";
import { freezeAgainAndAgain } from "./freeze";
import { steady } from "./pace";
import { type Row, rowOf } from "./report";
import { emptyPlans } from "./runs";
import { customerSession, type Page, type Sample, type Server, sample, serve } from "./server";

const LIMIT_ROUTE = "bench-limit";

/**
 * The signed-in bill list (session row and 24 bills from the database) against list-limit.tsx, the
 * same page without either, served by one process of one build, in turns. CPU is the web process's,
 * user and system, per request. Then the list alone at a steady rate while a run is being frozen,
 * against the same when nothing else happens.
 */
export async function benchList(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  let server: Server | undefined;
  try {
    const cookie = await customerSession(database, quick ? 1_000 : 10_000);
    const folder = buildAppCopy({
      [`app/[locale]/(portal)/${LIMIT_ROUTE}/page.tsx`]: "tests/bench/list-limit.tsx",
    });
    server = await serve(folder);
    const ours = { url: `${server.url}/bills`, cookie };
    const limit = { url: `${server.url}/${LIMIT_ROUTE}`, cookie };
    const requests = quick ? 300 : 2_000;
    // Warm up both: compilation, connections and plans are not what is measured.
    await sample(server.pid, ours, 300);
    await sample(server.pid, limit, 300);
    const pairs: { ours: Sample; limit: Sample }[] = [];
    for (let round = 0; round < (quick ? 3 : 5); round += 1) {
      const first = await sample(server.pid, round % 2 ? limit : ours, requests);
      const second = await sample(server.pid, round % 2 ? ours : limit, requests);
      pairs.push(round % 2 ? { ours: second, limit: first } : { ours: first, limit: second });
    }
    const of = (figure: keyof Sample) =>
      pairs.map((pair) => ({ ours: pair.ours[figure], limit: pair.limit[figure] }));
    return [
      rowOf("list: CPU per request", "ms", of("cpuMs")),
      rowOf("list: requests a second", "/s", of("perSecond")),
      await underFreeze(ours, quick),
    ];
  } finally {
    server?.stop();
    await database.release();
  }

  /** 10 requests a second, each counted from the moment it was due: waiting counts. */
  async function underFreeze(page: Page, short: boolean): Promise<Row> {
    const freezing = await freezeAgainAndAgain(database, short ? 20_000 : 1_000_000);
    const requests = short ? 100 : 300;
    await steady(page, 50);
    const rounds: { ours: number; limit: number }[] = [];
    for (let round = 0; round < (short ? 1 : 3); round += 1) {
      const quiet = await steady(page, requests);
      const stop = freezing.start();
      const frozen = await steady(page, requests);
      await stop();
      await emptyPlans(database);
      rounds.push({ ours: frozen.p95, limit: quiet.p95 });
    }
    return rowOf("list: p95 while freezing", "ms", rounds);
  }
}
