import { and, asc, eq, sql } from "drizzle-orm";
import {
  accounts,
  consumptionAlerts,
  contractLinks,
  contracts,
  customerTokens,
  dataExports,
  deletions,
  deliveryAddresses,
  deliveryChoices,
  mandateRequests,
  secondFactors,
  selfReadingPhotos,
  sessions,
} from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { pseudonym } from "@/lib/auth/token";
import { findBrand } from "@/lib/companies/queries";
import { visibleRequests } from "@/lib/contracts/scope";
import { NotFoundError } from "@/lib/errors";
import { enqueue, wakeSenders } from "@/lib/jobs/queue";
import { queueAccountMail } from "@/lib/mail/account-mails";
import {
  ownAccount,
  ownCustomerTokens,
  ownExports,
  ownFactors,
  ownLinks,
  ownSessions,
} from "../scope";

/** What an erasure did, for the audit log. */
export interface Erased {
  contracts: number;
  dispatchesToPaper: number;
}

/**
 * R7, in the caller's transaction: sessions end, credentials, e-mail and links go, pseudonyms stand where
 * addresses were, contracts fall back to paper, and what was not sent yet becomes paper. Kept in
 * `deletions` for the ledger; the caller audits it.
 * @param farewell whether a last mail tells the old address
 * @throws {NotFoundError} for an account that lives no more
 */
export async function eraseAccount(
  tx: TxContext<CustomerActor>,
  { farewell }: { farewell: boolean },
): Promise<Erased> {
  const { db, actor } = tx;
  // Two deletions at once: the second waits here and finds no living account.
  const [account] = await db
    .select({ email: accounts.email, language: accounts.language })
    .from(accounts)
    .where(ownAccount(actor))
    .for("update");
  if (!account) {
    throw new NotFoundError("account");
  }
  const linked = await linkedContracts(tx);
  const turned = await turnDeliveryToPaper(tx, linked);
  await forgetAddresses(tx);
  const endedAt = sql`clock_timestamp()`;
  await db
    .update(contractLinks)
    .set({ endedAt, endedBecause: "account_deleted" })
    .where(ownLinks(actor));
  await db.update(sessions).set({ endedAt }).where(ownSessions(actor));
  await db.delete(mandateRequests).where(visibleRequests(actor));
  await db.delete(deliveryAddresses).where(eq(deliveryAddresses.accountId, actor.accountId));
  // The recovery codes go with their factor.
  await db.delete(secondFactors).where(ownFactors(actor));
  await db.delete(dataExports).where(ownExports(actor));
  await db.delete(consumptionAlerts).where(eq(consumptionAlerts.accountId, actor.accountId));
  await db.delete(customerTokens).where(ownCustomerTokens(actor));
  await forgetPhotosOf(tx);
  const companyId = await findBrand(db, actor.accountId);
  if (farewell && companyId !== null) {
    await queueAccountMail(tx, {
      template: "account-deleted",
      companyId,
      // Tied to no account, and its address is forgotten once it is sent.
      accountId: null,
      toEmail: account.email,
      language: account.language,
      params: { contractNumbers: linked.map(({ contractNumber }) => contractNumber).join(", ") },
    });
  }
  // Last: only while it lives may an account have a mail sent to its address.
  await db
    .update(accounts)
    .set({ email: pseudonym(account.email), passwordHash: null, deletedAt: endedAt })
    .where(ownAccount(actor));
  await db.insert(deletions).values({ accountId: actor.accountId });
  return { contracts: linked.length, dispatchesToPaper: turned };
}

async function linkedContracts({ db, actor }: TxContext<CustomerActor>) {
  return await db
    .select({
      companyId: contracts.companyId,
      contractId: contracts.id,
      contractNumber: contracts.contractNumber,
    })
    .from(contractLinks)
    .innerJoin(
      contracts,
      and(
        eq(contracts.companyId, contractLinks.companyId),
        eq(contracts.id, contractLinks.contractId),
      ),
    )
    .where(ownLinks(actor))
    .orderBy(asc(contracts.companyId), asc(contracts.contractNumber));
}

/** Paper from the next freeze on, and for what was never attempted; returns how many those were. */
async function turnDeliveryToPaper(
  tx: TxContext<CustomerActor>,
  linked: { companyId: number; contractId: string }[],
): Promise<number> {
  if (linked.length > 0) {
    await tx.db.insert(deliveryChoices).values(
      linked.map(({ companyId, contractId }) => ({
        companyId,
        contractId,
        mode: "paper" as const,
        origin: "account_deleted" as const,
      })),
    );
  }
  const [row] = await tx.db.execute<{ turned: number }>(
    sql`select turn_own_unsent_to_paper() as turned`,
  );
  const turned = row?.turned ?? 0;
  if (turned > 0) {
    // The other members of their batches wait for a new one.
    await wakeSenders(tx);
  }
  return turned;
}

/** Photos of meters: their files go as soon as this stands, and at the latest by `forget_expired`. */
async function forgetPhotosOf(tx: TxContext<CustomerActor>): Promise<void> {
  const gone = await tx.db
    .delete(selfReadingPhotos)
    .where(eq(selfReadingPhotos.accountId, tx.actor.accountId))
    .returning({ key: selfReadingPhotos.storageKey });
  if (gone.length > 0) {
    await enqueue(tx, "remove_photos", { keys: gone.map(({ key }) => key) });
  }
}

/** Every address of the account becomes its keyed pseudonym, wherever it is kept. */
async function forgetAddresses({ db }: TxContext<CustomerActor>): Promise<void> {
  const addresses = await db.execute<{ address: string }>(
    sql`select address from app_own_addresses() address`,
  );
  const pseudonyms = Object.fromEntries(
    addresses.map(({ address }) => [address, pseudonym(address)]),
  );
  // What they wrote first: it still knows which mails were the account's by their address.
  await db.execute(sql`select forget_own_cases(${JSON.stringify(pseudonyms)}::jsonb)`);
  await db.execute(sql`select forget_own_addresses(${JSON.stringify(pseudonyms)}::jsonb)`);
}
