import { and, eq, isNull, sql } from "drizzle-orm";
import { contractReleases } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { assertMayHelpCustomers } from "../rules";

/**
 * Ends a release without releasing anything: whoever reads the mailbox after all has called (R6). Anybody of
 * staff may; audited on the account (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such release
 */
export async function cancelRelease(
  ctx: Context<StaffActor>,
  { releaseId }: { releaseId: string },
): Promise<Result<null, "finished">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "cancel a release");
    if (await closeRelease(tx, releaseId)) {
      return ok(null);
    }
    if ((await tx.db.$count(contractReleases, eq(contractReleases.id, releaseId))) === 0) {
      throw new NotFoundError("release");
    }
    return fail("finished");
  });
}

/** Closes an open release, audited, in the caller's transaction; false if it is not open any more. */
export async function closeRelease(tx: TxContext<StaffActor>, releaseId: string): Promise<boolean> {
  const [closed] = await tx.db
    .update(contractReleases)
    .set({
      outcome: "cancelled",
      finishedBy: tx.actor.staffId,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(contractReleases.id, releaseId), isNull(contractReleases.finishedAt)))
    .returning({ accountId: contractReleases.accountId, companyId: contractReleases.companyId });
  if (!closed) {
    return false;
  }
  await recordAudit(tx, {
    action: "cancelled_release",
    subjectKind: "account",
    subjectId: closed.accountId,
    companyId: closed.companyId,
    detail: { release: releaseId },
  });
  return true;
}
