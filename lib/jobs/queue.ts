import { sql } from "drizzle-orm";
import type { TxContext } from "@/lib/auth/context";

/** What the worker can be asked to do; payloads hold ids only. */
export interface Jobs {
  /** Compare a registration with the contracts and answer by e-mail (R3). */
  match_signup: { attemptId: string };
  /** Answer who asked for a link by e-mail (R3, R4). */
  answer_link_request: { requestId: string };
  /** Mail the copy of a complaint or question, or its answer. */
  mail_case: { caseId: string; what: "receipt" | "answer" };
  /** Forget passwords and tokens of registrations that came to nothing (R4). */
  forget_expired: Record<string, never>;
  /** Write deletions down outside the database, where a restore does not reach them (R7). */
  record_deletions: Record<string, never>;
  /** Tell customers whose electronic delivery ends with a mandate (R14). */
  warn_mandate_ends: Record<string, never>;
  notice_unusual: Record<string, never>;
  /** Remove photos of meters that no self-reading has any more from the storage (R7). */
  remove_photos: { keys: string[] };
  /** Freeze the runs whose cut-off has passed (R12). */
  freeze_due_runs: Record<string, never>;
  /** Add the next runs of every company's calendar (R12). */
  schedule_runs: Record<string, never>;
  /** Turn bills to paper of whose arrival nobody knows on the latest safe day (R19). */
  turn_silent_to_paper: Record<string, never>;
  /** Ask the provider for mails of which it told nothing, and for batches set aside (R17, R18). */
  ask_provider: Record<string, never>;
  /** Check an uploaded file and apply it. */
  run_import: { importId: string };
  /** Carry out what staff ordered for a run on its page. */
  run_step: { companyId: number; runId: string; orderId: string };
  /** Carry out what staff ordered for a bill that could not be delivered. */
  dispatch_order: { companyId: number; contractId: string; documentId: string; orderId: string };
}

/** Adds a job in the caller's transaction: it runs if and only if that commits. */
export async function enqueue<Task extends keyof Jobs>(
  { db }: TxContext,
  task: Task,
  payload: Jobs[Task],
  jobKey: string | null = null,
): Promise<void> {
  await db.execute(
    sql`select enqueue_job(${task}, ${JSON.stringify(payload)}::json, ${jobKey}::text)`,
  );
}

/** The channel on which workers hear that there is mail to send. */
export const MAIL_CHANNEL = "sportello_mail";

/** Wakes the senders of all workers once the caller's transaction commits. */
export async function wakeSenders({ db }: TxContext): Promise<void> {
  await db.execute(sql`select pg_notify(${MAIL_CHANNEL}, '')`);
}
