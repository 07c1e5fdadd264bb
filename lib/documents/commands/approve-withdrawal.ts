import { and, eq } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { companies, withdrawals } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { personOf, type RunActor, requireRunOperator } from "@/lib/runs/rules";
import { carryOutWithdrawal, oneAtATime } from "./carry-out-withdrawal";
import type { Withdrawal } from "./withdraw-documents";

export type ApproveWithdrawalFailure = "same_person" | "already_carried_out";

/**
 * A second person's yes to a large withdrawal, which is carried out by it (R21). Twice, or by two
 * people at once, it is carried out once.
 * @throws {NotFoundError} if the company has no such withdrawal
 * @throws {ForbiddenError} for a role that may not change runs
 */
export async function approveWithdrawal(
  ctx: Context<RunActor>,
  { company, withdrawalId }: { company: string; withdrawalId: string },
): Promise<Result<Withdrawal, ApproveWithdrawalFailure>> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    await oneAtATime(tx, company);
    const asked = isUuid(withdrawalId) ? withdrawalId : null;
    const [waiting] = asked
      ? await tx.db
          .select({
            companyId: withdrawals.companyId,
            id: withdrawals.id,
            person: withdrawals.person,
            carriedOutAt: withdrawals.carriedOutAt,
          })
          .from(withdrawals)
          .innerJoin(companies, eq(companies.id, withdrawals.companyId))
          .where(and(eq(companies.slug, company), eq(withdrawals.id, asked)))
      : [];
    if (!waiting) {
      throw new NotFoundError(`withdrawal "${withdrawalId}" of ${company}`);
    }
    if (waiting.carriedOutAt) {
      return fail("already_carried_out");
    }
    const person = personOf(tx.actor);
    if (person === waiting.person) {
      return fail("same_person");
    }
    const { companyId, id } = waiting;
    await tx.db
      .update(withdrawals)
      .set({ approvedBy: person })
      .where(and(eq(withdrawals.companyId, companyId), eq(withdrawals.id, id)));
    const done = await carryOutWithdrawal(tx, { companyId, withdrawalId: id });
    return ok({ withdrawalId: id, ...done, carriedOut: true });
  });
}
