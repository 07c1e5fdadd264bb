import { and, eq, inArray, isNull } from "drizzle-orm";
import { accounts, contractLinks, contracts } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import { NotFoundError } from "@/lib/errors";
import { ownAccount } from "../scope";

/**
 * Keeps contracts in the account until what is done for them stands: a deletion or a change of hands at
 * once waits, or wins; two who hold the same wait for each other.
 * @throws {NotFoundError} when one of them is not in the actor's account
 */
export async function holdLinks(
  { db, actor }: TxContext<CustomerActor>,
  contractIds: string[],
): Promise<{ companyId: number }[]> {
  // The account before the links, as a deletion takes them: rows that are added will refer to it.
  await db.select({ id: accounts.id }).from(accounts).where(ownAccount(actor)).for("key share");
  const held = await db
    .select({ companyId: contractLinks.companyId })
    .from(contractLinks)
    .innerJoin(
      contracts,
      and(
        eq(contracts.companyId, contractLinks.companyId),
        eq(contracts.id, contractLinks.contractId),
      ),
    )
    .where(
      and(
        inArray(contracts.id, contractIds),
        visibleContracts(actor),
        eq(contractLinks.accountId, actor.accountId),
        isNull(contractLinks.endedAt),
      ),
    )
    // In one order, whoever takes several.
    .orderBy(contractLinks.companyId, contractLinks.contractId)
    .for("update", { of: contractLinks });
  if (contractIds.length === 0 || held.length !== new Set(contractIds).size) {
    throw new NotFoundError("contract");
  }
  return held;
}

/**
 * Keeps the actor's account alive until what is done for it stands.
 * @throws {NotFoundError} for an account that lives no more
 */
export async function holdAccount({ db, actor }: TxContext<CustomerActor>) {
  const [account] = await db
    .select({ email: accounts.email, language: accounts.language })
    .from(accounts)
    .where(ownAccount(actor))
    .for("share");
  if (!account) {
    throw new NotFoundError("account");
  }
  return account;
}
