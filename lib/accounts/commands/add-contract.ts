import { sql } from "drizzle-orm";
import { contractLinks } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { withinLimits } from "@/lib/auth/limits";
import { findCompany } from "@/lib/companies/queries";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import {
  isOwnTaxId,
  type OwnHolderContract,
  ownHolderContracts,
  provesContract,
} from "../queries/own-holder-contracts";
import { type CustomerCodeSlip, readCustomerCode } from "../rules";
import type { ProofInput } from "../schema";
import { holdAccount } from "./hold-links";

type Tx = TxContext<CustomerActor>;

/**
 * Adds a contract of the account's own holder, of a company that the account has contracts of already (R5).
 * Whether another account holds it is told by e-mail only, so the answer is the same.
 * @throws {NotFoundError} for any other contract
 */
export async function addContract(
  ctx: Context<CustomerActor>,
  { contractId }: { contractId: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const account = await holdAccount(tx);
    const [contract] = await ownHolderContracts(
      tx,
      sql`id = ${contractId}::uuid and company_known`,
    );
    if (!contract) {
      throw new NotFoundError("contract");
    }
    await add(tx, account, contract);
  });
}

export type ProofRefusal = CustomerCodeSlip | "companyMissing" | "otherTaxId";

/**
 * Adds a contract by what is printed on one of its bills, also of another company of the group (R1, R5). The
 * tax id is compared with the account's own and with nothing else; whatever else comes of it is told by
 * e-mail, and too many tries are answered alike without being looked at.
 */
export async function addContractByProof(
  ctx: Context<CustomerActor>,
  input: ProofInput,
): Promise<Result<null, ProofRefusal>> {
  const company = await findCompany(ctx.db, input.company);
  if (!company) {
    return fail("companyMissing");
  }
  const customerCode = readCustomerCode(
    input.customerCode,
    company.customerCodePattern,
    input.billNumber,
  );
  if ("slip" in customerCode) {
    return fail(customerCode.slip);
  }
  if (!(await isOwnTaxId(ctx, input.taxId))) {
    return fail("otherTaxId");
  }
  if (!(await withinLimits(ctx.db, [["add_contract", ctx.actor.accountId]]))) {
    return ok(null);
  }
  await inTransaction(ctx, async (tx) => {
    const account = await holdAccount(tx);
    const candidates = await ownHolderContracts(
      tx,
      sql`company_id = ${company.id} and customer_code = ${customerCode.code}`,
    );
    const proven = await provesContract(tx, candidates, input.billNumber);
    if (proven) {
      await add(tx, account, proven);
    } else {
      await tell(tx, account, company.id, "contract-not-added", { why: "no_match" });
    }
  });
  return ok(null);
}

type Account = Awaited<ReturnType<typeof holdAccount>>;

async function add(tx: Tx, account: Account, contract: OwnHolderContract): Promise<void> {
  const { companyId, id: contractId, contractNumber } = contract;
  if (contract.mine) {
    return;
  }
  if (contract.held) {
    await tell(tx, account, companyId, "contract-held", { contractNumber });
    return;
  }
  if (!contract.gateOpen) {
    await tell(tx, account, companyId, "contract-not-added", { why: "mandate_missing" });
    return;
  }
  const added = await tx.db
    .insert(contractLinks)
    .values({ companyId, contractId, accountId: tx.actor.accountId })
    .onConflictDoNothing()
    .returning({ companyId: contractLinks.companyId });
  if (added.length === 0) {
    // Another account of the same holder was faster.
    await tell(tx, account, companyId, "contract-held", { contractNumber });
    return;
  }
  await tell(tx, account, companyId, "contract-added", { contractNumber });
  await recordAudit(tx, {
    action: "added_contract",
    subjectKind: "contract",
    subjectId: contractId,
    companyId,
  });
}

async function tell(
  tx: Tx,
  { email, language }: Account,
  companyId: number,
  template: "contract-added" | "contract-held" | "contract-not-added",
  params: Record<string, string>,
): Promise<void> {
  await queueAccountMail(tx, {
    template,
    companyId,
    accountId: tx.actor.accountId,
    toEmail: email,
    language,
    params,
  });
}
