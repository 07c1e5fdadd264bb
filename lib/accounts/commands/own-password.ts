import { sql } from "drizzle-orm";
import { accounts } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { PasswordQueueFullError, verifyPassword } from "@/lib/auth/password";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { ownAccount } from "../scope";

export type PasswordRefusal = "wrong_password" | "busy";

/**
 * Whether this is the password of the actor's own account. Outside any transaction of the caller's: the
 * hash takes its time, and nothing must be locked meanwhile.
 * @throws {NotFoundError} for an account that lives no more
 */
export async function checkOwnPassword(
  ctx: Context<CustomerActor>,
  password: string,
): Promise<Result<null, PasswordRefusal>> {
  const passwordHash = await inTransaction(ctx, ownPasswordHash);
  const holds = await verifyPassword(passwordHash, password).catch((error: unknown) => {
    if (error instanceof PasswordQueueFullError) {
      return null;
    }
    throw error;
  });
  return holds ? ok(null) : fail(holds === null ? "busy" : "wrong_password");
}

async function ownPasswordHash({ db, actor }: TxContext<CustomerActor>): Promise<string | null> {
  const [account] = await db
    .select({ passwordHash: sql<string | null>`own_password_hash()` })
    .from(accounts)
    .where(ownAccount(actor));
  if (!account) {
    throw new NotFoundError("account");
  }
  return account.passwordHash;
}
