import { sql } from "drizzle-orm";
import { dataExports } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { findBrand } from "@/lib/companies/queries";
import { NotFoundError, ok, type Result } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import type { DataExport } from "../queries/data-exports";
import { EXPORT_HOURS } from "../rules";
import { type ConfirmRefusal, confirmPassword } from "./change-password";
import { holdAccount } from "./hold-links";

/**
 * Lets the actor download their data for 24 hours, after the password; an e-mail tells the account, so that
 * its owner hears of it whoever asked.
 * @throws {NotFoundError} for an account that lives no more
 */
export async function prepareDataExport(
  ctx: Context<CustomerActor>,
  { password }: { password: string },
): Promise<Result<DataExport, ConfirmRefusal>> {
  const confirmed = await confirmPassword(ctx, password);
  if (!confirmed.ok) {
    return confirmed;
  }
  return await inTransaction(ctx, async (tx) => {
    const account = await holdAccount(tx);
    const [prepared] = await tx.db
      .insert(dataExports)
      .values({
        accountId: tx.actor.accountId,
        expiresAt: sql`clock_timestamp() + make_interval(hours => ${EXPORT_HOURS})`,
      })
      .returning({ id: dataExports.id, expiresAt: dataExports.expiresAt });
    if (!prepared) {
      throw new NotFoundError("account");
    }
    await recordAudit(tx, {
      action: "asked_for_data",
      subjectKind: "account",
      subjectId: tx.actor.accountId,
    });
    const companyId = await findBrand(tx.db, tx.actor.accountId);
    if (companyId !== null) {
      await queueAccountMail(tx, {
        template: "data-ready",
        companyId,
        accountId: tx.actor.accountId,
        toEmail: account.email,
        language: account.language,
      });
    }
    return ok(prepared);
  });
}
