import { v7 as uuidv7 } from "uuid";
import { mandateRequests } from "@/db/schema";
import { holdLinks } from "@/lib/accounts/commands/hold-links";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { type ContractOfMandate, listMandates } from "../queries/mandates";
import { mayRequestMandate } from "../rules";
import type { MandateRequestInput } from "../schema";

export type RequestMandateCode = "supply_ended" | "mandate_active";

/**
 * Records that the customer wants a direct debit on contracts, for the back office (all of them or
 * none), and tells the account what happens next. A request that stands is not doubled. It opens no
 * gate: the mandate's state comes from the billing system alone (R2, R9).
 * @throws {NotFoundError} when a contract is not the actor's, or not of that company
 */
export async function requestMandate(
  ctx: Context<CustomerActor>,
  input: MandateRequestInput,
): Promise<Result<{ requested: number; stood: number }, RequestMandateCode>> {
  return await inTransaction(ctx, async (tx) => {
    const ids = [...new Set(input.contractIds)];
    const [held] = await holdLinks(tx, ids);
    const asked = (await listMandates(tx, input.company)).filter(({ contractId }) =>
      ids.includes(contractId),
    );
    if (!held || asked.length !== ids.length) {
      throw new NotFoundError("contract");
    }
    if (asked.some(({ ended }) => ended)) {
      return fail("supply_ended");
    }
    const fresh = asked.filter(({ requestedOn }) => requestedOn === null);
    if (!fresh.every(mayRequestMandate)) {
      return fail("mandate_active");
    }
    if (fresh.length > 0) {
      await record(tx, held.companyId, fresh, input);
    }
    return ok({ requested: fresh.length, stood: asked.length - fresh.length });
  });
}

async function record(
  tx: TxContext<CustomerActor>,
  companyId: number,
  fresh: ContractOfMandate[],
  { iban, debtor }: MandateRequestInput,
): Promise<void> {
  const { accountId, holderId, email, language } = tx.actor;
  const of = { companyId, accountId, holderId, iban, debtor };
  await tx.db
    .insert(mandateRequests)
    .values(fresh.map(({ contractId }) => ({ ...of, contractId, id: uuidv7() })));
  for (const { contractId } of fresh) {
    await recordAudit(tx, {
      action: "requested_mandate",
      companyId,
      subjectKind: "contract",
      subjectId: contractId,
    });
  }
  await queueAccountMail(tx, {
    template: "mandate-requested",
    companyId,
    accountId,
    toEmail: email,
    language,
    params: { contractNumbers: fresh.map(({ contractNumber }) => contractNumber).join(", ") },
  });
}
