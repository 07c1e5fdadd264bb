import type { Transaction } from "@/db/client";
import { accountMails, dispatches } from "@/db/schema";
import { type makeCustomer, makeDocument, must } from "./people";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

/** A published bill of a customer with its dispatch, queued for the customer's e-mail. */
export async function makeDispatch(
  db: Transaction,
  { company, contract, holder, account }: Customer,
  over: Partial<typeof dispatches.$inferInsert> & {
    document?: Partial<Parameters<typeof makeDocument>[1]>;
  } = {},
) {
  const { document: documentOver, ...dispatchOver } = over;
  const document = await makeDocument(db, {
    companyId: company.id,
    contractId: contract.id,
    holderId: holder.id,
    contractNumber: contract.contractNumber,
    ...documentOver,
  });
  const [dispatch] = await db
    .insert(dispatches)
    .values({
      companyId: company.id,
      contractId: contract.id,
      documentId: document.id,
      channel: "email",
      email: account.email,
      language: account.language,
      state: "queued",
      ...dispatchOver,
    })
    .returning();
  return { document, dispatch: must(dispatch) };
}

/** A queued mail about an account. */
export async function makeAccountMail(
  db: Transaction,
  { company, account }: Customer,
  over: Partial<typeof accountMails.$inferInsert> = {},
) {
  const [mail] = await db
    .insert(accountMails)
    .values({
      template: "account-exists",
      companyId: company.id,
      accountId: account.id,
      toEmail: account.email,
      language: account.language,
      ...over,
    })
    .returning();
  return must(mail);
}
