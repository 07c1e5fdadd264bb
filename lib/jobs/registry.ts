import { sql } from "drizzle-orm";
import { forgetExpiredJob, matchSignupJob } from "@/lib/accounts/jobs";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { drainDispatchesJob } from "@/lib/dispatches/jobs";
import { sendAccountMailJob } from "@/lib/mail/jobs";
import type { Jobs } from "./queue";

/** Parses its payload and calls a command; `stop` aborts when the worker is to end. */
export type JobHandler = (
  ctx: Context<SystemActor>,
  payload: unknown,
  stop: AbortSignal,
) => Promise<void>;

/** Who does what the queue holds. */
export const HANDLERS: Record<keyof Jobs | "unlock_jobs", JobHandler> = {
  match_signup: matchSignupJob,
  send_account_mail: sendAccountMailJob,
  drain_dispatches: drainDispatchesJob,
  forget_expired: forgetExpiredJob,
  unlock_jobs: unlockJobs,
};

/** Every minute what a lost notification or a killed worker left behind; every hour what is to be forgotten. */
export const CRONTAB = `
* * * * * drain_dispatches ?jobKey=drain-dispatches&max=1
* * * * * unlock_jobs ?jobKey=unlock-jobs&max=1
23 * * * * forget_expired ?jobKey=forget-expired&fill=1d
`;

/**
 * graphile-worker gives a killed worker's job to another after 4 hours; ours take seconds. A drain is
 * left alone: it may take minutes, and the next minute's does its work.
 */
async function unlockJobs({ db }: Context<SystemActor>): Promise<void> {
  await db.execute(sql`
    select graphile_worker.force_unlock_workers(array(
      select locked_by from graphile_worker.jobs
      where locked_at < now() - interval '1 minute' and task_identifier <> 'drain_dispatches'))`);
}
