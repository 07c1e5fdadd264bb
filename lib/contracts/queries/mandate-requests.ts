import { and, asc, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { accounts, companies, contracts, holders, mandateRequests } from "@/db/schema";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import { maskIban, maySeeMandateRequests, REQUEST_STANDS_DAYS } from "../rules";
import { visibleContracts, visibleRequests } from "../scope";

/**
 * A request waits until the billing system tells a mandate of the holder that is newer than it and
 * not itself an end, or until nobody answered for long.
 */
export const requestStands: SQL = sql`(
  ${mandateRequests.requestedAt} > clock_timestamp() - make_interval(days => ${REQUEST_STANDS_DAYS})
  and not exists (
    select from mandates answer
    where answer.company_id = ${mandateRequests.companyId}
      and answer.contract_id = ${mandateRequests.contractId}
      and answer.holder_id = ${mandateRequests.holderId}
      and answer.recorded_at > ${mandateRequests.requestedAt}
      and answer.status in ('requested', 'active', 'rejected') and answer.until is null))`;

export interface MandateRequest {
  id: string;
  company: string;
  contractNumber: string;
  holderName: string;
  debtor: string;
  /** Masked. */
  iban: string;
  requestedAt: Date;
  exportedAt: Date | null;
}

/** How many requests staff see at once. */
const REQUESTS_SHOWN = 200;

/**
 * What customers asked for, those still to be exported first, then the newest.
 * @throws {ForbiddenError} for a role that may not see them
 */
export async function listMandateRequests(ctx: Context<StaffActor>): Promise<MandateRequest[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    if (!maySeeMandateRequests(actor)) {
      throw new ForbiddenError("see requests for direct debits");
    }
    const rows = await db
      .select({
        id: mandateRequests.id,
        company: companies.name,
        contractNumber: contracts.contractNumber,
        holderName: holders.name,
        debtor: mandateRequests.debtor,
        iban: mandateRequests.iban,
        requestedAt: mandateRequests.requestedAt,
        exportedAt: mandateRequests.exportedAt,
      })
      .from(mandateRequests)
      .innerJoin(companies, eq(companies.id, mandateRequests.companyId))
      .innerJoin(contracts, requested)
      .innerJoin(holders, eq(holders.id, mandateRequests.holderId))
      .where(visibleRequests(actor))
      .orderBy(
        sql`${mandateRequests.exportedAt} is not null`,
        desc(mandateRequests.requestedAt),
        asc(contracts.contractNumber),
      )
      .limit(REQUESTS_SHOWN);
    return rows.map((row) => ({ ...row, iban: maskIban(row.iban) }));
  });
}

const requested = and(
  eq(contracts.companyId, mandateRequests.companyId),
  eq(contracts.id, mandateRequests.contractId),
);

/** What a customer's request puts into the form that is printed and signed. */
export interface RequestedMandate {
  holderName: string;
  debtor: string;
  /** Whole: it is the customer's own paper. */
  iban: string;
  /** The billing address, where the account is the holder's own; else to be filled in by hand. */
  debtorAddress: string | null;
  contractNumbers: string[];
}

/**
 * A request of the actor's own, with every contract that was asked for with the same account; null
 * when there is none such in the company.
 */
export async function findRequestedMandate(
  ctx: Context<CustomerActor>,
  { company, requestId }: { company: string; requestId: string },
): Promise<RequestedMandate | null> {
  if (!isUuid(requestId)) {
    return null;
  }
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db
      .select({
        id: mandateRequests.id,
        holderName: holders.name,
        debtor: mandateRequests.debtor,
        iban: mandateRequests.iban,
        billingAddress: contracts.billingAddress,
        contractNumber: contracts.contractNumber,
      })
      .from(mandateRequests)
      .innerJoin(companies, eq(companies.id, mandateRequests.companyId))
      .innerJoin(contracts, and(requested, eq(contracts.holderId, mandateRequests.holderId)))
      .innerJoin(holders, eq(holders.id, mandateRequests.holderId))
      .innerJoin(
        accounts,
        and(eq(accounts.id, mandateRequests.accountId), isNull(accounts.deletedAt)),
      )
      .where(
        and(
          eq(companies.slug, company),
          visibleRequests(actor),
          visibleContracts(actor),
          requestStands,
        ),
      )
      .orderBy(asc(contracts.contractNumber));
    const asked = rows.find(({ id }) => id === requestId);
    if (!asked) {
      return null;
    }
    const { holderName, debtor, iban, billingAddress } = asked;
    const same = rows.filter((row) => row.iban === iban && row.debtor === debtor);
    return {
      ...{ holderName, debtor, iban },
      debtorAddress: sameName(holderName, debtor) ? billingAddress : null,
      contractNumbers: [...new Set(same.map(({ contractNumber }) => contractNumber))],
    };
  });
}

const sameName = (one: string, other: string) =>
  one.localeCompare(other, "it", { sensitivity: "base" }) === 0;
