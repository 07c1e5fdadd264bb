import { randomUUID } from "node:crypto";
import { findOrSeedBenchWorld } from "@/db/seed/bench-world";
import { queueMails } from "../factories/queued-mails";
import { post, type ToldEvent } from "../provider/webhooks";
import { buildAppCopy } from "./app-copy";
import { type BenchDatabase, benchDatabase } from "./database";
import { type Row, rowOf } from "./report";
import { type Server, serve } from "./server";

const SECRET = "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=";
const TELLERS = 16;
/** How long the fold of what was told may go on after the last answer, in milliseconds. */
const FOLDED_WITHIN_MS = 60_000;

/**
 * Events of the provider (R18) against webhooks-limit.ts, a bare route that verifies the signature and
 * inserts the row, served by one process of one build, in turns. Ours folds them meanwhile, and all of
 * them before a round ends.
 */
export async function benchWebhooks(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  process.env.RESEND_WEBHOOK_SECRET = SECRET;
  const count = quick ? 2_000 : 10_000;
  let server: Server | undefined;
  try {
    await database.owner.sql`drop table if exists bench_events`;
    await database.owner.sql`create table bench_events (like provider_events including all)`;
    await database.owner.sql`grant all on bench_events to sportello_worker`;
    server = await serve(
      buildAppCopy({ "app/api/bench-limit/route.ts": "tests/bench/webhooks-limit.ts" }),
      { DATABASE_WORKER_URL: process.env.DATABASE_WORKER_URL ?? "" },
    );
    const url = {
      ours: `${server.url}/api/webhooks/resend`,
      limit: `${server.url}/api/bench-limit`,
    };
    const pairs: { ours: number; limit: number }[] = [];
    for (let round = -1; round < (quick ? 3 : 5); round += 1) {
      const perSecond = { ours: 0, limit: 0 };
      for (const which of round % 2 ? (["limit", "ours"] as const) : (["ours", "limit"] as const)) {
        const events = await sentBills(database, count);
        perSecond[which] = await tell(url[which], events);
        if (which === "ours") {
          await folded(database, count);
        }
        await empty(database);
      }
      // The first round warms up server and database.
      if (round >= 0) {
        pairs.push(perSecond);
      }
    }
    return [rowOf("webhooks: events a second", "/s", pairs)];
  } finally {
    server?.stop();
    await database.owner.sql`drop table if exists bench_events`;
    await database.release();
  }
}

/** Bills that the provider has taken, and an event that each arrived. */
async function sentBills({ worker, owner }: BenchDatabase, count: number): Promise<ToldEvent[]> {
  const { companyId } = await findOrSeedBenchWorld(worker, { contracts: 10_000 });
  await queueMails(worker.sql, { companyId, count, round: "told" });
  const batches = await worker.sql<{ id: string }[]>`
    insert into dispatch_batches (company_id, members, sender, digest, state, finished_at)
    select ${companyId}, 100, '{"from":"a@b.example","replyTo":"a@b.example"}', 'none', 'accepted', now()
    from generate_series(1, ${count / 100}) returning id`;
  const ids = batches.map(({ id }) => id);
  const rows = await worker.sql<{ id: string; batch_id: string }[]>`
    update dispatches d set state = 'accepted', accepted_at = now(), provider_id = d.id::text,
      batch_id = (${ids}::uuid[])[n.place / 100 + 1], position = n.place % 100
    from (select id, (row_number() over (order by id) - 1)::int as place from dispatches
      where state = 'queued') n
    where n.id = d.id returning d.id, d.batch_id`;
  await owner.sql`vacuum analyze documents, dispatches, dispatch_events`;
  return rows.map(({ id, batch_id: batch }) => ({
    id: `msg_${randomUUID()}`,
    forged: false,
    body: JSON.stringify({
      type: "email.delivered",
      created_at: new Date().toISOString(),
      data: {
        email_id: randomUUID(),
        created_at: new Date().toISOString(),
        from: "Bench <bollette@bench.example>",
        to: ["qualcuno@posta.example"],
        subject: "La tua bolletta",
        tags: { dispatch: id, batch, company: String(companyId), kind: "bill" },
      },
    }),
  }));
}

/** Tells all of them, many at a time; the rate of the answers. */
async function tell(url: string, events: ToldEvent[]): Promise<number> {
  const start = performance.now();
  let told = 0;
  await Promise.all(
    Array.from({ length: TELLERS }, async () => {
      for (let event = events[told++]; event; event = events[told++]) {
        const status = await post(url, SECRET, event);
        if (status !== 200) {
          throw new Error(`an event was answered by ${status}`);
        }
      }
    }),
  );
  return events.length / ((performance.now() - start) / 1000);
}

async function folded({ worker }: BenchDatabase, count: number): Promise<void> {
  for (const since = performance.now(); performance.now() - since < FOLDED_WITHIN_MS; ) {
    const [row] = await worker.sql<{ done: number }[]>`
      select count(*)::int as done from dispatches where state = 'delivered'`;
    if (row?.done === count) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the events were not folded in time");
}

async function empty({ owner, worker }: BenchDatabase): Promise<void> {
  await owner.sql`truncate dispatches, dispatch_mails, dispatch_batches, dispatch_events, bench_events`;
  await worker.sql`delete from documents where bill_number like 'told%'`;
}
