import { and, lt, or, type SQL, sql } from "drizzle-orm";
import {
  dataExports,
  linkRequests,
  rateLimits,
  sentBeforeRestore,
  sessions,
  signupAttempts,
  supportCases,
} from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import {
  COMPLAINT_KEPT_YEARS,
  QUESTION_KEPT_DAYS,
  SENT_BEFORE_RESTORE_KEPT_DAYS,
  SESSION_KEPT_DAYS,
  SIGNUP_KEPT_DAYS,
  UNFINISHED_KEPT_HOURS,
} from "../rules";
import { expiredSecrets } from "../scope";

const now = sql`clock_timestamp()`;
const daysAgo = (days: number): SQL => sql`${now} - make_interval(days => ${days})`;
const hoursAgo = (hours: number): SQL => sql`${now} - make_interval(hours => ${hours})`;

/** How many rows went. */
export interface ForgottenRows {
  sessions: number;
  signupAttempts: number;
  linkRequests: number;
  dataExports: number;
  rateLimits: number;
  supportCases: number;
  sentBeforeRestore: number;
}

/**
 * Deletes what has had its time, as the table of retention in the README says: sessions, registrations (and
 * with them their tokens), requests for links, downloads, counts of attempts, questions and answered complaints.
 * A complaint without an answer stays. Repeatable.
 */
export async function forgetOldRows(ctx: Context<SystemActor>): Promise<ForgottenRows> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const mine = expiredSecrets(actor);
    return {
      sessions: await count(
        db
          .delete(sessions)
          .where(
            and(
              mine,
              or(
                lt(sessions.endedAt, daysAgo(SESSION_KEPT_DAYS)),
                lt(sessions.expiresAt, daysAgo(SESSION_KEPT_DAYS)),
              ),
            ),
          ),
      ),
      signupAttempts: await count(
        db
          .delete(signupAttempts)
          .where(and(mine, lt(signupAttempts.createdAt, daysAgo(SIGNUP_KEPT_DAYS)))),
      ),
      linkRequests: await count(
        db
          .delete(linkRequests)
          .where(and(mine, lt(linkRequests.createdAt, hoursAgo(UNFINISHED_KEPT_HOURS)))),
      ),
      dataExports: await count(
        db.delete(dataExports).where(and(mine, lt(dataExports.expiresAt, now))),
      ),
      rateLimits: await count(db.delete(rateLimits).where(and(mine, lt(rateLimits.expire, now)))),
      sentBeforeRestore: await count(
        db
          .delete(sentBeforeRestore)
          .where(and(mine, lt(sentBeforeRestore.sentAt, daysAgo(SENT_BEFORE_RESTORE_KEPT_DAYS)))),
      ),
      supportCases: await count(
        db.delete(supportCases).where(
          and(
            mine,
            sql`case ${supportCases.kind}
                when 'question' then coalesce(${supportCases.answeredAt}, ${supportCases.receivedAt})
                  < ${daysAgo(QUESTION_KEPT_DAYS)}
                else ${supportCases.answeredAt} < ${now} - make_interval(years => ${COMPLAINT_KEPT_YEARS}) end`,
          ),
        ),
      ),
    };
  });
}

/** The driver tells how many rows a statement changed. */
const count = async (deletion: PromiseLike<{ count: number }>) => (await deletion).count;
