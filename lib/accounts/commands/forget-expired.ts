import { and, isNotNull, ne, or, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { signupAttempts, tokens } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { FORGET_HOURS, GIVEN_UP_HOURS } from "../rules";
import { expiredSecrets } from "../scope";

/**
 * Forgets secrets that have had their time (R4): tokens dead for a day, and the password of a
 * registration that no living link can confirm any more. Repeatable.
 * @returns how many passwords and tokens went.
 */
export async function forgetExpired(
  ctx: Context<SystemActor>,
): Promise<{ passwords: number; tokens: number }> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const forgotten = await db
      .update(signupAttempts)
      .set({ passwordHash: null })
      .where(
        and(
          expiredSecrets(actor),
          isNotNull(signupAttempts.passwordHash),
          or(
            // One that still waits for its match keeps it for as long as the queue may try.
            and(
              ne(signupAttempts.outcome, "pending"),
              olderThan(signupAttempts.createdAt, FORGET_HOURS),
            ),
            olderThan(signupAttempts.createdAt, GIVEN_UP_HOURS),
          ),
          sql`not exists (select from ${tokens} where ${tokens.attemptId} = ${signupAttempts.id}
            and ${tokens.usedAt} is null and ${tokens.expiresAt} > clock_timestamp())`,
        ),
      )
      .returning({ id: signupAttempts.id });
    const deleted = await db
      .delete(tokens)
      .where(and(expiredSecrets(actor), olderThan(tokens.expiresAt, FORGET_HOURS)))
      .returning({ id: tokens.id });
    return { passwords: forgotten.length, tokens: deleted.length };
  });
}

const olderThan = (column: PgColumn, hours: number) =>
  sql`${column} < clock_timestamp() - make_interval(hours => ${hours})`;
