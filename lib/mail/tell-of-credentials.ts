import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { findBrand } from "@/lib/companies/queries";
import { queueAccountMail } from "./account-mails";

/**
 * Tells whoever's credentials have changed, in the transaction of the change, in the brand of a company of
 * theirs. Before the first company is set up there is nobody to send it for.
 */
export async function tellOfCredentials(
  tx: TxContext<CustomerActor | StaffActor>,
  template: "password-changed" | "second-factor-changed",
  params: Record<string, string> = {},
): Promise<void> {
  const { actor } = tx;
  const accountId = actor.kind === "customer" ? actor.accountId : null;
  const companyId = await findBrand(tx.db, accountId);
  if (companyId === null) {
    return;
  }
  await queueAccountMail(tx, {
    template,
    companyId,
    accountId,
    toEmail: actor.email,
    language: actor.kind === "customer" ? actor.language : "it",
    params,
  });
}
