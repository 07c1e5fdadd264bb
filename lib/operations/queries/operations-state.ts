import { type SQL, sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/auth/context";
import { jobsFor, requireWatcher, sealFor, type Watcher } from "../rules";

/** How much waits, and since when: seconds on the database's clock, null where nothing does. */
interface Waiting {
  waiting: number;
  oldestSeconds: number | null;
}

export interface OperationsState {
  /** `waiting`: due jobs that nobody works yet. */
  queue: Waiting & { later: number; atWork: number; failing: number; gaveUp: number };
  /** Queued, or in a batch that the provider has not answered yet. */
  bills: Waiting;
  /** Mails about accounts. */
  mails: Waiting;
  /** The provider's pace, in requests a second; null before its first answer. */
  perSecond: number | null;
  /** Sending is paused for so many, all companies or one each. */
  pauses: number;
  /** Open ones whatever their age; accepted and failed ones of the last 24 hours. */
  batches: { frozen: number; quarantined: number; accepted: number; failed: number };
  undelivered: { failed: number; bounced: number };
  /** Events of the provider that are not folded yet; `failing` could not be. */
  events: Waiting & {
    failing: number;
    lastSeconds: number | null;
    /** Since mails went out and nothing came back. */
    silentSeconds: number | null;
    /** Received against occurred, of the last five minutes; null where none came. */
    lagP95Seconds: number | null;
  };
  /** Unfinished ones whatever their age; finished ones of the last 24 hours. */
  imports: Partial<Record<string, number>>;
  /** Since when the import that stands still longest has not come further. */
  importStillSeconds: number | null;
  /** Rows that no block has yet; `blocks` is the last one's number. */
  audit: Waiting & { sealedSeconds: number | null; blocks: number };
  /** Deletions that are not in the ledger yet. */
  deletions: Waiting;
  /** What endpoints of the operator's have not been told; `givenUp` in the last 24 hours. */
  endpoints: Waiting & { givenUp: number };
  database: {
    bytes: number;
    connections: number;
    maxConnections: number;
    /** How many migrations are applied. */
    migrations: number;
  };
}

/** A company's batches of a day that are counted: ten million bills. */
const DAYS_BATCHES = 100_000;

const secondsSince = (at: SQL) => sql`extract(epoch from clock_timestamp() - ${at})::float8`;

/**
 * How the whole is doing, in one statement of counts and ages that go by index: cheap enough to be asked
 * every few seconds. Nothing in it is of a person.
 * @throws {ForbiddenError} for staff who are no admins
 */
export async function operationsState(ctx: Context<Watcher>): Promise<OperationsState> {
  requireWatcher(ctx.actor);
  return await inTransaction(ctx, async ({ db, actor }) => {
    const parts = Object.entries(statements(actor)).map(
      ([name, statement]) =>
        sql`(select to_json(part) from (${statement}) part) as ${sql.identifier(name)}`,
    );
    const [row] = await db.execute<Facts & Record<string, unknown>>(
      sql`select ${sql.join(parts, sql`, `)}`,
    );
    return stateOf(row as Facts);
  });
}

interface Facts
  extends Pick<
    OperationsState,
    | ("queue" | "bills" | "mails" | "batches" | "undelivered" | "audit" | "deletions")
    | ("endpoints" | "database")
  > {
  pace: { perSecond: number | null; pauses: number };
  events: Omit<OperationsState["events"], "lagP95Seconds" | "lastSeconds" | "silentSeconds">;
  contact: Pick<OperationsState["events"], "lastSeconds" | "silentSeconds"> | null;
  lag: Pick<OperationsState["events"], "lagP95Seconds">;
  imports: { states: Record<string, number> | null; stillSeconds: number | null };
}

const stateOf = ({ pace, contact, lag, imports, ...facts }: Facts): OperationsState => ({
  ...facts,
  ...pace,
  events: { ...facts.events, ...(contact ?? { lastSeconds: null, silentSeconds: null }), ...lag },
  imports: imports.states ?? {},
  importStillSeconds: imports.stillSeconds,
});

const statements = (actor: Watcher): Record<keyof Facts, SQL> => ({
  queue: sql`
    select count(*) filter (where due and locked_at is null)::int as waiting,
      count(*) filter (where alive and run_at > now())::int as later,
      count(*) filter (where locked_at is not null)::int as "atWork",
      count(*) filter (where alive and attempts > 0 and last_error is not null)::int as failing,
      count(*) filter (where not alive)::int as "gaveUp",
      ${secondsSince(sql`min(run_at) filter (where due and locked_at is null)`)} as "oldestSeconds"
    from (select *, attempts < max_attempts as alive, attempts < max_attempts and run_at <= now() as due
      from ${jobsFor(actor)} job) job`,
  bills: sql`
    select ((select count(*) from companies co
          join dispatches d on d.company_id = co.id and d.state = 'queued')
        + (select coalesce(sum(b.members), 0) from companies co
          join dispatch_batches b on b.company_id = co.id and b.state = 'frozen'))::int as waiting,
      -- The first id of a company is its oldest: ids sort by time.
      ${secondsSince(sql`(select min(first.created_at) from companies co cross join lateral (
        (select d.created_at from dispatches d where d.company_id = co.id and d.state = 'queued'
          order by d.id limit 1)
        union all
        (select b.created_at from dispatch_batches b where b.company_id = co.id and b.state = 'frozen'
          order by b.id limit 1)) first)`)} as "oldestSeconds"`,
  mails: sql`
    select count(*)::int as waiting, ${secondsSince(sql`min(created_at)`)} as "oldestSeconds"
    from account_mails where state = 'queued'`,
  pace: sql`
    select (select per_second from sending_pace) as "perSecond",
      (select count(*)::int from sending_pauses where ended_at is null) as pauses`,
  batches: sql`
    select (select count(*)::int from companies co join dispatch_batches b on b.company_id = co.id
        and b.state = 'frozen') as frozen,
      (select count(*)::int from companies co join dispatch_batches b on b.company_id = co.id
        and b.state = 'quarantined') as quarantined,
      count(*) filter (where day.state = 'accepted')::int as accepted,
      count(*) filter (where day.state = 'failed')::int as failed
    from companies co cross join lateral (
      select b.state from dispatch_batches b
      where b.company_id = co.id and b.id > (select uuidv7(interval '-1 day'))
      order by b.id limit ${DAYS_BATCHES}) day`,
  undelivered: sql`
    select count(*) filter (where d.state = 'failed')::int as failed,
      count(*) filter (where d.state = 'bounced')::int as bounced
    from companies co join dispatches d on d.company_id = co.id and d.state in ('failed', 'bounced')`,
  events: sql`
    select count(*)::int as waiting, ${secondsSince(sql`min(received_at)`)} as "oldestSeconds",
      count(*) filter (where failed_at is not null)::int as failing
    from provider_events`,
  contact: sql`
    select ${secondsSince(sql`last_event_at`)} as "lastSeconds",
      ${secondsSince(sql`unanswered_since`)} as "silentSeconds" from provider_contact`,
  lag: sql`
    select percentile_cont(0.95) within group (
      order by extract(epoch from received_at - occurred_at)) as "lagP95Seconds"
    from dispatch_events
    -- Not clock_timestamp(): no index goes by what changes while it is asked.
    where received_at > now() - interval '5 minutes' and provider_event_id is not null`,
  imports: sql`
    select json_object_agg(state, n) as states, max(still) as "stillSeconds"
    from (
      select state, count(*)::int as n,
        max(${secondsSince(sql`coalesce(touched_at, imported_at)`)})
          filter (where state in ('received', 'checking', 'applying')) as still
      from imports
      where finished_at is null or finished_at > clock_timestamp() - interval '1 day'
      group by state
    ) kept`,
  audit: sql`
    select waiting, ${secondsSince(sql`oldest_at`)} as "oldestSeconds",
      ${secondsSince(sql`sealed_at`)} as "sealedSeconds", blocks::float8 as blocks
    from ${sealFor(actor)} seal`,
  deletions: sql`
    select count(*)::int as waiting, ${secondsSince(sql`min(deleted_at)`)} as "oldestSeconds"
    from deletions where recorded_at is null`,
  endpoints: sql`
    select count(*) filter (where given_up_at is null)::int as waiting,
      ${secondsSince(sql`min(created_at) filter (where given_up_at is null)`)} as "oldestSeconds",
      count(*) filter (where given_up_at is not null)::int as "givenUp"
    from webhook_deliveries
    where delivered_at is null
      and (given_up_at is null or given_up_at > clock_timestamp() - interval '1 day')`,
  database: sql`
    select pg_database_size(current_database())::float8 as bytes,
      (select sum(numbackends)::int from pg_stat_database) as connections,
      current_setting('max_connections')::int as "maxConnections",
      (select count(*)::int from drizzle.__drizzle_migrations) as migrations`,
});
