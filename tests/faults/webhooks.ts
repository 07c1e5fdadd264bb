import { buildAppCopy } from "../bench/app-copy";
import { serve } from "../bench/server";
import type { Fault } from "./fault";
import { type MailWorld, mailWorld } from "./mail-world";
import { LEASE_SECONDS } from "./send-all";

const SECRET = "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=";
const HOUR_MS = 3600_000;

/**
 * R18: the provider tells the running application, over HTTP and signed, of what becomes of each mail: late,
 * in any order, one of five twice, with forged events among them. Then it falls silent, and is asked. In
 * the end every bill is in the state that the provider knows it in.
 */
export const webhooks: Fault = async ({ urls, quick, seed }) => {
  const mails = quick ? 600 : 6_000;
  const server = await serve(buildAppCopy({}, ".sportello-faults/app"), {
    DATABASE_URL: urls.webUrl,
    DATABASE_WORKER_URL: urls.workerUrl,
    // The first of the two is the new one, which the provider does not use yet.
    RESEND_WEBHOOK_SECRET: `whsec_bmV3IHNlY3JldCBuZXcgc2VjcmV0IG5ldyBzZWNyZXQ=,${SECRET}`,
  });
  const world = await mailWorld(urls, {
    seed,
    latencyMs: 5,
    fates: {
      bounced: 0.03,
      bouncedForNow: 0.02,
      complained: 0.01,
      suppressed: 0.02,
      delayed: 0.05,
      failed: 0.01,
    },
    telling: {
      url: `${server.url}/api/webhooks/resend`,
      secret: SECRET,
      on: true,
      doubled: 0.2,
      forged: 0.05,
      lateMs: 3_000,
    },
  });
  try {
    const worker = await world.worker({ leaseSeconds: LEASE_SECONDS });
    await world.queue(mails);
    const wrong: string[] = [];
    if (!(await world.untilSent(120_000))) {
      wrong.push("not all was sent in time");
    }
    const { told } = await world.provider.settled();
    if (!(await folded(world))) {
      wrong.push("not all events were folded in time");
    }
    if (told.refusedForged === 0 || told.takenForged > 0) {
      wrong.push(`${told.refusedForged} forged events were refused, ${told.takenForged} taken`);
    }
    await world.provider.hush();
    await world.queue(200);
    await world.untilSent(60_000);
    await world.sql`update dispatches set accepted_at = accepted_at - interval '7 hours'
      where state = 'accepted'`;
    await world.shift(7 * HOUR_MS);
    const asked = await world.ask();
    await folded(world);
    const different = await compare(world);
    worker.kill("SIGTERM");
    await worker.ended;
    return {
      name: "webhooks",
      tries: told.told + told.refusedForged,
      lost: told.lost,
      doubled: 0,
      wrong: [...wrong, ...different],
      met: `${told.told} events told, ${told.refusedForged} forged ones refused; then ${asked.asked} mails asked for`,
    };
  } finally {
    await world.close();
    server.stop();
  }
};

/** Waits until what the inbox holds is folded: events are answered before they are worked out. */
async function folded({ sql }: MailWorld): Promise<boolean> {
  for (let tries = 0; tries < 600; tries += 1) {
    const [left] = await sql<
      { events: number }[]
    >`select count(*)::int as events from provider_events`;
    if (left?.events === 0) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** What each fate comes to (R18, R19). */
const STATES: Record<string, string> = {
  "email.delivered": "delivered",
  "email.failed": "failed",
  "email.suppressed": "paper",
  "email.complained": "paper",
  "email.bounced": "paper",
  "email.bounced:transient": "bounced",
};

/** The bills whose state is not what the provider's last word about them makes of them. */
async function compare({ sql, provider }: MailWorld): Promise<string[]> {
  const fates = await provider.fates();
  const rows = await sql<{ id: string; state: string; asked: boolean; doubled: number }[]>`
    select d.id, d.state, told.* from dispatches d cross join lateral (
      select (count(*) - count(distinct e.provider_event_id))::int as doubled,
        coalesce(bool_or(e.provider_event_id like 'asked%'), false) as asked
      from dispatch_events e where e.document_id = d.document_id
        and e.provider_event_id is not null) told`;
  return rows.flatMap(({ id, state, asked, doubled }) => {
    const fate = fates.get(id) ?? "";
    // Asked, the provider does not say whether a bounce is for good: staff look at it.
    const wanted = asked && fate.startsWith("email.bounced") ? "bounced" : STATES[fate];
    return [
      ...(state === wanted ? [] : [`${id}: ${state}, and the provider says ${fate}`]),
      ...(doubled === 0 ? [] : [`${id}: an event was kept twice`]),
    ];
  });
}
