import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { z } from "zod";
import { companies, contracts, supportCases } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { assertMayHelpCustomers } from "../rules";
import type { CaseKind, caseIdSchema } from "../schema";
import { visibleCases } from "../scope";

/** What stands in the letter that answers a complaint or question. */
export interface AnswerLetter {
  language: Language;
  company: { name: string; accentColor: string; senderEmail: string; supportPhone: string };
  kind: CaseKind;
  caseCode: string;
  receivedAt: Date;
  name: string;
  /** As it was written, else where the contract's bills go. */
  address: string;
  answer: string;
  answeredAt: Date;
}

/**
 * The answer as it goes by post: to the address that was written, else to the contract's billing address. Each
 * time is audited (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such case, it has no answer yet, or no address is known
 */
export async function printAnswerLetter(
  ctx: Context<StaffActor>,
  { caseId }: z.output<typeof caseIdSchema>,
): Promise<AnswerLetter> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "print an answer");
    const [found] = await tx.db
      .select({
        companyId: supportCases.companyId,
        letter: {
          language: supportCases.language,
          kind: supportCases.kind,
          caseCode: supportCases.caseCode,
          receivedAt: supportCases.receivedAt,
          name: supportCases.name,
          answer: sql<string>`${supportCases.answer}`,
          answeredAt: supportCases.answeredAt,
          address: sql<
            string | null
          >`coalesce(${supportCases.postalAddress}, ${contracts.billingAddress})`,
        },
        company: {
          name: companies.name,
          accentColor: companies.accentColor,
          senderEmail: companies.senderEmail,
          supportPhone: companies.supportPhone,
        },
      })
      .from(supportCases)
      .innerJoin(companies, eq(companies.id, supportCases.companyId))
      .leftJoin(
        contracts,
        and(
          eq(contracts.companyId, supportCases.companyId),
          eq(contracts.id, supportCases.contractId),
        ),
      )
      .where(
        and(
          eq(supportCases.id, caseId),
          isNotNull(supportCases.answeredAt),
          visibleCases(tx.actor),
        ),
      );
    const { address, answeredAt } = found?.letter ?? {};
    if (!found || !address || !answeredAt) {
      throw new NotFoundError("answer");
    }
    await recordAudit(tx, {
      action: "printed_answer",
      subjectKind: "support_case",
      subjectId: caseId,
      companyId: found.companyId,
    });
    return { ...found.letter, address, answeredAt, company: found.company };
  });
}
