import { sql } from "drizzle-orm";
import {
  answerLinkRequestJob,
  forgetExpiredJob,
  matchSignupJob,
  recordDeletionsJob,
} from "@/lib/accounts/jobs";
import { forgetApiRequestsJob } from "@/lib/api/v1/commands/forget-requests";
import { deliverWebhooksJob } from "@/lib/api/webhooks/jobs";
import { sealAuditLogJob } from "@/lib/audit/jobs";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { noticeUnusualJob, removePhotosJob } from "@/lib/consumption/jobs";
import { warnMandateEndsJob } from "@/lib/contracts/jobs";
import {
  askProviderJob,
  dispatchOrderJob,
  resumeDispatchOrdersJob,
  turnSilentToPaperJob,
  watchProviderJob,
} from "@/lib/dispatches/jobs";
import { forgetImportsJob, resumeImportsJob, runImportJob } from "@/lib/imports/jobs";
import { freezeDueRunsJob, resumeRunOrdersJob, runStepJob, scheduleRunsJob } from "@/lib/runs/jobs";
import { mailCaseJob } from "@/lib/support/jobs";
import type { Jobs } from "./queue";

/** Parses its payload and calls a command; `stop` aborts when the worker is to end. */
export type JobHandler = (
  ctx: Context<SystemActor>,
  payload: unknown,
  stop: AbortSignal,
) => Promise<void>;

/** Who does what the queue holds. */
export const HANDLERS: Record<
  | keyof Jobs
  | "unlock_jobs"
  | "resume_run_orders"
  | "resume_dispatch_orders"
  | "watch_provider"
  | "seal_audit_log"
  | "resume_imports"
  | "forget_imports"
  | "forget_api_requests"
  | "deliver_webhooks",
  JobHandler
> = {
  match_signup: matchSignupJob,
  answer_link_request: answerLinkRequestJob,
  mail_case: mailCaseJob,
  forget_expired: forgetExpiredJob,
  record_deletions: recordDeletionsJob,
  freeze_due_runs: freezeDueRunsJob,
  schedule_runs: scheduleRunsJob,
  run_step: runStepJob,
  resume_run_orders: resumeRunOrdersJob,
  dispatch_order: dispatchOrderJob,
  resume_dispatch_orders: resumeDispatchOrdersJob,
  warn_mandate_ends: warnMandateEndsJob,
  notice_unusual: noticeUnusualJob,
  remove_photos: removePhotosJob,
  ask_provider: askProviderJob,
  turn_silent_to_paper: turnSilentToPaperJob,
  unlock_jobs: unlockJobs,
  watch_provider: watchProviderJob,
  seal_audit_log: sealAuditLogJob,
  run_import: runImportJob,
  resume_imports: resumeImportsJob,
  forget_imports: forgetImportsJob,
  forget_api_requests: forgetApiRequestsJob,
  deliver_webhooks: deliverWebhooksJob,
};

/** Every minute what a lost notification or a killed worker left behind; every hour what is to be forgotten. */
export const CRONTAB = `
* * * * * unlock_jobs ?jobKey=unlock-jobs&max=1
* * * * * resume_run_orders ?jobKey=resume-run-orders&max=1
* * * * * resume_dispatch_orders ?jobKey=resume-dispatch-orders&max=1
* * * * * record_deletions ?jobKey=record-deletions&max=1
* * * * * freeze_due_runs ?jobKey=freeze-due-runs&max=1
* * * * * resume_imports ?jobKey=resume-imports&max=1
* * * * * deliver_webhooks ?jobKey=deliver-webhooks&max=1
*/5 * * * * watch_provider ?jobKey=watch-provider&max=1
*/2 * * * * seal_audit_log ?jobKey=seal-audit-log&max=1
7 * * * * schedule_runs ?jobKey=schedule-runs&max=1&fill=1d
23 * * * * forget_expired ?jobKey=forget-expired&fill=1d
47 * * * * forget_api_requests ?jobKey=forget-api-requests&fill=1d
37 * * * * forget_imports ?jobKey=forget-imports&fill=1d
53 * * * * ask_provider ?jobKey=ask-provider&max=1
11 * * * * turn_silent_to_paper ?jobKey=turn-silent-to-paper&fill=2h
41 * * * * warn_mandate_ends ?jobKey=warn-mandate-ends&fill=2h
52 * * * * notice_unusual ?jobKey=notice-unusual&fill=2h
`;

/**
 * graphile-worker gives a killed worker's job to another after 4 hours; ours take seconds. A freeze, a
 * step of a run, an import and the asking of the provider are left alone: they may take minutes, and others do their work.
 */
async function unlockJobs({ db }: Context<SystemActor>): Promise<void> {
  await db.execute(sql`
    select graphile_worker.force_unlock_workers(array(
      select locked_by from graphile_worker.jobs
      where locked_at < now() - interval '1 minute'
        and task_identifier not in ('freeze_due_runs', 'run_step', 'ask_provider', 'run_import')))`);
}
