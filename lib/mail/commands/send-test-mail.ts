import { and, eq, gt, sql } from "drizzle-orm";
import { accountMails } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { queueAccountMail, TEST_MAIL } from "../account-mails";
import { type MailPreviewChoice, previewMail } from "../queries/preview-mail";

/** Tests that a member of staff may have sent in an hour. */
const TESTS_PER_HOUR = 10;

/**
 * Sends what a preview shows to the member of staff who looks at it, and to nobody else: by the worker and
 * the same provider as every mail, marked as a test. Audited (R30).
 * @throws {ForbiddenError} for a role that may not preview
 * @throws {NotFoundError} when there is nothing to preview
 */
export async function sendTestMail(
  ctx: Context<StaffActor>,
  choice: MailPreviewChoice,
): Promise<Result<{ email: string }, "too_many">> {
  return await inTransaction(ctx, async (tx) => {
    const preview = await previewMail(tx, choice);
    if (!preview) {
      throw new NotFoundError("mail");
    }
    const { email, staffId } = tx.actor;
    // Two clicks at once count one after the other.
    await tx.db.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`test mail ${staffId}`}, 0))`,
    );
    const sent = await tx.db.$count(
      accountMails,
      and(
        eq(accountMails.template, TEST_MAIL),
        eq(accountMails.toEmail, email),
        gt(accountMails.createdAt, sql`clock_timestamp() - interval '1 hour'`),
      ),
    );
    if (sent >= TESTS_PER_HOUR) {
      return fail("too_many");
    }
    const asked = Object.entries(choice).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    const mailId = await queueAccountMail(tx, {
      template: TEST_MAIL,
      companyId: preview.companyId,
      accountId: null,
      toEmail: email,
      language: preview.language,
      params: Object.fromEntries(asked),
    });
    await recordAudit(tx, {
      action: "sent_test_mail",
      subjectKind: "account_mail",
      subjectId: mailId,
      companyId: preview.companyId,
      detail: {
        template: preview.template,
        document: preview.documentId,
        contract: preview.contractId,
      },
    });
    return ok({ email });
  });
}
