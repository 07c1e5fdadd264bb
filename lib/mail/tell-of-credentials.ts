import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { findBrand } from "@/lib/companies/queries";
import type { Language } from "@/lib/i18n/languages";
import { queueAccountMail } from "./account-mails";

type Template = "password-changed" | "second-factor-changed" | "token-changed";

/** Tells whoever has changed their own credentials, in the transaction of the change. */
export async function tellOfCredentials(
  tx: TxContext<CustomerActor | StaffActor>,
  template: Template,
  params: Record<string, string> = {},
): Promise<void> {
  const { actor } = tx;
  await tell(tx, template, params, {
    accountId: actor.kind === "customer" ? actor.accountId : null,
    toEmail: actor.email,
    language: actor.kind === "customer" ? actor.language : "it",
  });
}

/** Tells a colleague whose second factor an admin has forgotten. */
export async function tellOfForgottenFactor(tx: TxContext, toEmail: string): Promise<void> {
  const recipient = { accountId: null, toEmail, language: "it" as const };
  await tell(tx, "second-factor-changed", { change: "off" }, recipient);
}

/** In the brand of a company of theirs. Before the first company is set up there is nobody to send it for. */
async function tell(
  tx: TxContext,
  template: Template,
  params: Record<string, string>,
  recipient: { accountId: string | null; toEmail: string; language: Language },
): Promise<void> {
  const companyId = await findBrand(tx.db, recipient.accountId);
  if (companyId !== null) {
    await queueAccountMail(tx, { ...recipient, template, companyId, params });
  }
}
