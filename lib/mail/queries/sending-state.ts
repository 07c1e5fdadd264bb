import { sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/auth/context";
import { LONGEST_SILENCE_OF_EVENTS_MINUTES } from "@/lib/dispatches/rules";
import { type RunActor, requireRunReader } from "@/lib/runs/rules";

/** Why mail waits until somebody acts. */
interface SendingPause {
  /** Null: everybody's mail waits. */
  companyName: string | null;
  /** The provider's name of the error, for example `daily_quota_exceeded`. */
  reason: string;
  since: Date;
  /** When it is tried again. */
  probeAt: Date;
  probes: number;
}

export interface SendingState {
  pauses: SendingPause[];
  /** Mails went out since then and no event of the provider came, for longer than is usual; else null. */
  eventsMissingSince: Date | null;
  lastEventAt: Date | null;
  /** Bills that wait, those of a batch that is tried again included; mails about accounts; batches set aside. */
  waitingBills: number;
  waitingMails: number;
  batchesSetAside: number;
}

/**
 * Whether mail goes out and the provider is heard, for operators (R17, R18).
 * @throws {ForbiddenError} for a role that may not see runs
 */
export async function sendingState(ctx: Context<RunActor>): Promise<SendingState> {
  requireRunReader(ctx.actor);
  return await inTransaction(ctx, async ({ db }) => {
    const pauses = await db.execute<
      Record<string, unknown> &
        Omit<SendingPause, "since" | "probeAt"> & { sinceMs: number; probeMs: number }
    >(sql`
      select co.name as "companyName", p.reason, p.probes,
        (extract(epoch from p.since) * 1000)::float8 as "sinceMs",
        (extract(epoch from p.probe_at) * 1000)::float8 as "probeMs"
      from sending_pauses p left join companies co on co.id = p.company_id
      where p.ended_at is null order by p.since`);
    const [facts] = await db.execute<{
      missingMs: number | null;
      lastMs: number | null;
      waitingBills: number;
      waitingMails: number;
      batchesSetAside: number;
    }>(sql`
      select (select (extract(epoch from unanswered_since) * 1000)::float8 from provider_contact
          where unanswered_since < clock_timestamp()
            - make_interval(mins => ${LONGEST_SILENCE_OF_EVENTS_MINUTES})) as "missingMs",
        (select (extract(epoch from last_event_at) * 1000)::float8 from provider_contact) as "lastMs",
        (select count(*)::int from companies co
          join dispatches d on d.company_id = co.id and d.state = 'queued')
          + (select count(*)::int from companies co
            join dispatch_batches b on b.company_id = co.id and b.state = 'frozen'
            join dispatches d on d.company_id = b.company_id and d.batch_id = b.id and d.state = 'batched')
          as "waitingBills",
        (select count(*)::int from account_mails where state = 'queued') as "waitingMails",
        (select count(*)::int from companies co join dispatch_batches b on b.company_id = co.id
          and b.state = 'quarantined' and exists (select from dispatches d
            where d.company_id = b.company_id and d.batch_id = b.id and d.state = 'batched'))
          as "batchesSetAside"`);
    const at = (ms: number | null | undefined) => (ms == null ? null : new Date(ms));
    return {
      pauses: pauses.map(({ sinceMs, probeMs, ...pause }) => ({
        ...pause,
        since: new Date(sinceMs),
        probeAt: new Date(probeMs),
      })),
      eventsMissingSince: at(facts?.missingMs),
      lastEventAt: at(facts?.lastMs),
      waitingBills: facts?.waitingBills ?? 0,
      waitingMails: facts?.waitingMails ?? 0,
      batchesSetAside: facts?.batchesSetAside ?? 0,
    };
  });
}
