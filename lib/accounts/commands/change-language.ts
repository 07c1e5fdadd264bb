import { accounts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { ownAccount } from "../scope";

/** Sets the language in which the actor's e-mails are written. */
export async function changeLanguage(
  ctx: Context<CustomerActor>,
  { language }: { language: Language },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const changed = await tx.db
      .update(accounts)
      .set({ language })
      .where(ownAccount(tx.actor))
      .returning({ id: accounts.id });
    if (changed.length === 0) {
      throw new NotFoundError("account");
    }
    await recordAudit(tx, {
      action: "changed_language",
      subjectKind: "account",
      subjectId: tx.actor.accountId,
      detail: { language },
    });
  });
}
