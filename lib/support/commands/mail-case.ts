import { and, eq, isNotNull, isNull, like, sql } from "drizzle-orm";
import type { z } from "zod";
import { supportCases } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { formatInstant } from "@/lib/time";
import { answerDueOn, withoutLinks } from "../rules";
import type { mailCasePayload } from "../schema";
import { visibleCases } from "../scope";

/**
 * Queues the mail with a case's copy, or with its answer, once however often it is called; none where the address
 * is gone with its account (R7). Whoever wrote without signing in has shown no mailbox to be theirs: their copy
 * holds no links.
 */
export async function mailCase(
  ctx: Context<SystemActor>,
  { caseId, what }: z.output<typeof mailCasePayload>,
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const column = what === "receipt" ? "receiptMailedAt" : "answerMailedAt";
    const [found] = await tx.db
      .update(supportCases)
      .set({ [column]: sql`clock_timestamp()` })
      .where(
        and(
          eq(supportCases.id, caseId),
          visibleCases(tx.actor),
          isNull(supportCases[column]),
          like(supportCases.email, "%@%"),
          what === "answer" ? isNotNull(supportCases.answeredAt) : undefined,
        ),
      )
      .returning();
    if (!found) {
      return;
    }
    const { kind, caseCode, accountId, language, receivedAt, email, companyId } = found;
    const params = {
      ...{ kind, caseCode, account: accountId ? "yes" : "no", ...(accountId ? { caseId } : {}) },
      ...{ receivedAt: formatInstant(receivedAt, language), dueOn: answerDueOn(receivedAt) },
    };
    await queueAccountMail(tx, {
      template: what === "receipt" ? "case-received" : "case-answered",
      ...{ companyId, accountId, toEmail: String(email), language },
      params:
        what === "receipt"
          ? { ...params, message: lines(accountId ? found.message : withoutLinks(found.message)) }
          : { ...params, answer: lines(found.answer ?? "") },
    });
  });
}

/** In mails a line of its own is a paragraph. */
const lines = (text: string) => text.replace(/\n+/g, "\n\n");
