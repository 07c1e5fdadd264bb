import { and, desc, eq, sql } from "drizzle-orm";
import { companies, contracts, holders } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import { ForbiddenError } from "@/lib/errors";
import { type DeliveryMode, type DeliveryReason, mayLookUpDeliveries } from "../rules";
import {
  type ChoiceEvidence,
  chosenBefore,
  type MandateEvidence,
  mandatesOf,
  type PlannedDelivery,
  plansOf,
  type SentBill,
  sentBills,
  suspensionsOf,
} from "./look-up-evidence";

/** What the one rule says of a contract at an instant (R10). */
export interface JudgedDelivery {
  at: Date;
  mode: DeliveryMode;
  reason: DeliveryReason;
  email: string | null;
  discountCents: number;
  discountBasis: "per_year" | "per_bill" | null;
  choiceId: string | null;
  mandateId: string | null;
}

export interface DeliveryLookUp {
  contractId: string;
  contractNumber: string;
  companyName: string;
  holderName: string;
  commodity: (typeof contracts.$inferSelect)["commodity"];
  supplyAddress: string;
  endsOn: string | null;
  /** At the instant asked for, else now. */
  asked: JudgedDelivery;
  /** At the first cut-off from that instant on. */
  next: JudgedDelivery;
  /** Frozen plans that have the contract, the latest first. */
  plans: PlannedDelivery[];
  /** Every choice until that instant, the latest first. */
  choices: ChoiceEvidence[];
  /** The present holder's mandates on the contract, the latest first. */
  mandates: MandateEvidence[];
  /** Suspensions of addresses that the choices lead to, the latest first. */
  suspensions: { email: string; reason: string; since: Date; until: Date | null }[];
  /** The latest documents, and where their sending stands. */
  bills: SentBill[];
}

/**
 * How a contract's bills arrive and why, for staff who answer a caller: by the rule that freezes runs
 * (R10), with its evidence, addresses in full. Audited, since it shows a customer's data (R30). Null
 * when the company has no such contract.
 * @throws {ForbiddenError} for a role that may not look
 */
export async function lookUpDelivery(
  ctx: Context<StaffActor>,
  asked: { company: string; contractNumber: string; at?: Date },
): Promise<DeliveryLookUp | null> {
  return await inTransaction(ctx, async (tx) => {
    if (!mayLookUpDeliveries(tx.actor)) {
      throw new ForbiddenError("look up deliveries");
    }
    const [contract] = await tx.db
      .select({
        companyId: contracts.companyId,
        contractId: contracts.id,
        contractNumber: contracts.contractNumber,
        companyName: companies.name,
        holderId: contracts.holderId,
        holderName: holders.name,
        commodity: contracts.commodity,
        supplyAddress: contracts.supplyAddress,
        endsOn: contracts.endsOn,
      })
      .from(contracts)
      .innerJoin(companies, eq(companies.id, contracts.companyId))
      .innerJoin(holders, eq(holders.id, contracts.holderId))
      .where(
        and(
          eq(companies.slug, asked.company),
          eq(contracts.contractNumber, asked.contractNumber),
          visibleContracts(tx.actor),
        ),
      )
      .orderBy(desc(contracts.id));
    if (!contract) {
      return null;
    }
    const [now, next] = await judge(tx, contract, asked.at);
    if (!now || !next) {
      return null;
    }
    await recordAudit(tx, {
      action: "looked_up_delivery",
      companyId: contract.companyId,
      subjectKind: "contract",
      subjectId: contract.contractId,
    });
    const { companyId, holderId, ...shown } = contract;
    const subject = { companyId, contractId: contract.contractId, holderId, at: now.at };
    return {
      ...shown,
      asked: now,
      next,
      plans: await plansOf(tx, subject),
      choices: await chosenBefore(tx, subject),
      mandates: await mandatesOf(tx, subject),
      suspensions: await suspensionsOf(tx, subject),
      bills: await sentBills(tx, subject),
    };
  });
}

async function judge(
  { db }: TxContext,
  { companyId, contractId }: { companyId: number; contractId: string },
  at: Date | undefined,
): Promise<JudgedDelivery[]> {
  const rows = await db.execute<Omit<JudgedDelivery, "at"> & { at: string; place: number }>(sql`
    select asked.place, to_char(asked.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
      m.mode, m.reason, m.email, m.discount_cents as "discountCents",
      m.discount_basis as "discountBasis", m.choice_id as "choiceId", m.mandate_id as "mandateId"
    from (select coalesce(${at?.toISOString() ?? null}::timestamptz, clock_timestamp()) as at) moment
    cross join lateral (
      select 1 as place, moment.at union all
      select 2, next_cut_off(${companyId}::smallint, moment.at)
    ) asked
    cross join lateral delivery_modes(${companyId}::smallint, array[${contractId}::uuid], asked.at) m
    order by asked.place`);
  return rows.map(({ place: _, at: instant, ...judged }) => ({ ...judged, at: new Date(instant) }));
}
