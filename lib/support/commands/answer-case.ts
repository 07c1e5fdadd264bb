import { and, eq, isNull, sql } from "drizzle-orm";
import type { z } from "zod";
import { supportCases } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { assertMayHelpCustomers } from "../rules";
import type { answerCaseSchema } from "../schema";
import { visibleCases } from "../scope";

/**
 * Records the answer to a complaint or question, once, with who gave it and when, and has it mailed where there
 * is an address; else it goes by post. Audited without a word of it (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such case
 */
export async function answerCase(
  ctx: Context<StaffActor>,
  { caseId, answer }: z.output<typeof answerCaseSchema>,
): Promise<Result<{ mailed: boolean }, "answered">> {
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    assertMayHelpCustomers(actor, "answer a case");
    const scoped = and(eq(supportCases.id, caseId), visibleCases(actor));
    const [answered] = await db
      .update(supportCases)
      .set({ answer, answeredAt: sql`clock_timestamp()`, answeredBy: actor.staffId })
      .where(and(scoped, isNull(supportCases.answeredAt)))
      .returning({ companyId: supportCases.companyId, email: supportCases.email });
    if (!answered) {
      const [known] = await db.select({ id: supportCases.id }).from(supportCases).where(scoped);
      if (!known) {
        throw new NotFoundError("case");
      }
      return fail("answered");
    }
    const mailed = answered.email?.includes("@") ?? false;
    if (mailed) {
      await enqueue(tx, "mail_case", { caseId, what: "answer" });
    }
    await recordAudit(tx, {
      action: "answered_case",
      subjectKind: "support_case",
      subjectId: caseId,
      companyId: answered.companyId,
      detail: { mailed },
    });
    return ok({ mailed });
  });
}
