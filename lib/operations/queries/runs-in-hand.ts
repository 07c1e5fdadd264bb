import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";

/** What an operator does about a run of each state once an older database is back. */
const ADVICE = {
  scheduled: "its cut-off is over; the worker freezes it by what the backup knows of choices",
  frozen: "compare its plan with the one that the billing system has, then import its bills again",
  loaded: "compare its bills with the billing system's, then publish it",
  published: "what was delivered since is asked of the provider; reconcile it, then close it",
} as const;

interface RunInHand {
  company: string;
  run: string;
  state: keyof typeof ADVICE;
  advice: string;
}

/** Runs past their cut-off that are not closed, oldest first: after a restore each wants a look. */
export async function listRunsInHand({ db }: Context<SystemActor>): Promise<RunInHand[]> {
  const runs = await db.execute<Omit<RunInHand, "advice"> & Record<string, unknown>>(sql`
    select co.slug as company, r.name as run, r.state
    from invoicing_runs r join companies co on co.id = r.company_id
    where r.state in ('frozen', 'loaded', 'published')
      or (r.state = 'scheduled' and r.cut_off_at < clock_timestamp())
    order by r.cut_off_at, co.slug`);
  return runs.map(({ company, run, state }) => ({ company, run, state, advice: ADVICE[state] }));
}
