import { and, desc, eq, lte, sql } from "drizzle-orm";
import {
  accounts,
  deliveryAddresses,
  deliveryChoices,
  deliveryPlans,
  dispatches,
  documents,
  invoicingRuns,
  mandates,
} from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";

/** What stands behind a look-up; who may look was decided there. */
export interface LookUpSubject {
  companyId: number;
  contractId: string;
  holderId: string;
  at: Date;
}

type Tx = TxContext<StaffActor>;

const PLANS_SHOWN = 6;
const CHOICES_SHOWN = 50;
const BILLS_SHOWN = 6;

export type PlannedDelivery = Awaited<ReturnType<typeof plansOf>>[number];

export async function plansOf({ db }: Tx, { companyId, contractId }: LookUpSubject) {
  return await db
    .select({
      run: invoicingRuns.name,
      cutOffAt: invoicingRuns.cutOffAt,
      mode: deliveryPlans.mode,
      reason: deliveryPlans.reason,
      email: deliveryPlans.email,
      discountCents: deliveryPlans.discountCents,
      discountBasis: deliveryPlans.discountBasis,
    })
    .from(invoicingRuns)
    .innerJoin(
      deliveryPlans,
      and(
        eq(deliveryPlans.companyId, invoicingRuns.companyId),
        eq(deliveryPlans.runId, invoicingRuns.id),
        eq(deliveryPlans.contractId, contractId),
      ),
    )
    .where(eq(invoicingRuns.companyId, companyId))
    .orderBy(desc(invoicingRuns.cutOffAt))
    .limit(PLANS_SHOWN);
}

export type ChoiceEvidence = Awaited<ReturnType<typeof chosenBefore>>[number];

export async function chosenBefore({ db }: Tx, { companyId, contractId, at }: LookUpSubject) {
  return await db
    .select({
      id: deliveryChoices.id,
      mode: deliveryChoices.mode,
      origin: deliveryChoices.origin,
      /** A dedicated address, or one taken over; null: the account's own. */
      email: deliveryChoices.email,
      accountEmail: accounts.email,
      /** False while a dedicated address is not confirmed: the account's is used (R8). */
      confirmed: sql<boolean>`${deliveryChoices.accountId} is null or ${deliveryChoices.email} is null
        or ${deliveryAddresses.confirmedAt} is not null`,
      noticeVersion: deliveryChoices.noticeVersion,
      chosenAt: deliveryChoices.chosenAt,
      recordedAt: deliveryChoices.recordedAt,
    })
    .from(deliveryChoices)
    .leftJoin(accounts, eq(accounts.id, deliveryChoices.accountId))
    .leftJoin(
      deliveryAddresses,
      and(
        eq(deliveryAddresses.accountId, deliveryChoices.accountId),
        eq(deliveryAddresses.email, deliveryChoices.email),
      ),
    )
    .where(
      and(
        eq(deliveryChoices.companyId, companyId),
        eq(deliveryChoices.contractId, contractId),
        lte(
          deliveryChoices.chosenAt,
          sql`${at.toISOString()}::timestamptz + interval '1 millisecond'`,
        ),
      ),
    )
    .orderBy(desc(deliveryChoices.chosenAt), desc(deliveryChoices.id))
    .limit(CHOICES_SHOWN);
}

export type MandateEvidence = Awaited<ReturnType<typeof mandatesOf>>[number];

export async function mandatesOf({ db }: Tx, { companyId, contractId, holderId }: LookUpSubject) {
  return await db
    .select({
      id: mandates.id,
      reference: mandates.reference,
      status: mandates.status,
      since: mandates.since,
      until: mandates.until,
    })
    .from(mandates)
    .where(
      and(
        eq(mandates.companyId, companyId),
        eq(mandates.contractId, contractId),
        eq(mandates.holderId, holderId),
      ),
    )
    .orderBy(sql`${mandates.since} desc nulls last`, desc(mandates.id));
}

export async function suspensionsOf({ db }: Tx, { companyId, contractId, at }: LookUpSubject) {
  const rows = await db.execute<{
    email: string;
    reason: string;
    since: string;
    until: string | null;
  }>(sql`
    select distinct s.email, s.reason,
      to_char(s.suspended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
      to_char(s.lifted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until
    from delivery_choices c
    left join accounts a on a.id = c.account_id
    join address_suspensions s on s.email in (c.email, a.email)
    where c.company_id = ${companyId} and c.contract_id = ${contractId}
      and s.suspended_at <= ${at.toISOString()}
    order by since desc`);
  return rows.map(({ since, until, ...row }) => ({
    ...row,
    since: new Date(since),
    until: until ? new Date(until) : null,
  }));
}

export type SentBill = Awaited<ReturnType<typeof sentBills>>[number];

export async function sentBills({ db }: Tx, { companyId, contractId }: LookUpSubject) {
  return await db
    .select({
      id: documents.id,
      billNumber: documents.billNumber,
      issueDate: documents.issueDate,
      publishedAt: documents.publishedAt,
      withdrawnAt: documents.withdrawnAt,
      channel: dispatches.channel,
      state: dispatches.state,
      email: dispatches.email,
      failure: dispatches.failure,
    })
    .from(documents)
    .leftJoin(
      dispatches,
      and(
        eq(dispatches.companyId, documents.companyId),
        eq(dispatches.contractId, documents.contractId),
        eq(dispatches.documentId, documents.id),
      ),
    )
    .where(and(eq(documents.companyId, companyId), eq(documents.contractId, contractId)))
    .orderBy(desc(documents.issueDate), desc(documents.id))
    .limit(BILLS_SHOWN);
}
