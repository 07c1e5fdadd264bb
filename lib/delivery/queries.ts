import { desc, sql } from "drizzle-orm";
import type { COMMODITIES } from "@/db/schema";
import { companies, contracts, deliveryChoices } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { DeliveryMode, DeliveryReason } from "./rules";
import { visibleChoices } from "./scope";

/** How a contract's bills arrive: today, and as far as is known at the next run's cut-off. */
export interface Delivery {
  companyId: number;
  companySlug: string;
  companyName: string;
  contractId: string;
  contractNumber: string;
  commodity: (typeof COMMODITIES)[number];
  supplyAddress: string;
  /** Last day of the supply; null while it runs on. */
  endsOn: string | null;
  /** The supply is over at the instant asked for: no further run reaches it. */
  ended: boolean;
  mode: DeliveryMode;
  reason: DeliveryReason;
  /** Where the bills go; null on paper. */
  email: string | null;
  mandateActive: boolean;
  /** Day (Rome) of the first cut-off that a change made now reaches (R11). */
  nextCutOffOn: string;
  nextMode: DeliveryMode;
  nextReason: DeliveryReason;
  /** What electronic earns at that cut-off (R13); null when nothing is configured. */
  offerCents: number | null;
  offerBasis: "per_year" | "per_bill" | null;
  /** The last choice; null without one. */
  chosenMode: DeliveryMode | null;
  /** A dedicated address of the last choice; null when it is the account's own. */
  chosenEmail: string | null;
  /** The version of the notice accepted with the last choice (R9). */
  chosenNotice: string | null;
  /** True while a dedicated address waits for its owner's confirmation (R8). */
  awaitsConfirmation: boolean;
}

/**
 * The delivery of every contract the actor sees, by the rule that freezes runs (R10, R11).
 * `at` is for looking at another instant; by default the database's clock.
 */
export async function listDeliveries(
  ctx: Context,
  { contractId, at }: { contractId?: string; at?: Date } = {},
): Promise<Delivery[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const visible = visibleContracts(actor) ?? sql`true`;
    const asked = contractId ? sql`${contracts.id} = ${contractId}` : sql`true`;
    const rows = await db.execute<Delivery & Record<string, unknown>>(sql`
      select ${companies.id} as "companyId", ${companies.slug} as "companySlug",
        ${companies.name} as "companyName", ${contracts.id} as "contractId",
        ${contracts.contractNumber} as "contractNumber", ${contracts.commodity} as "commodity",
        ${contracts.supplyAddress} as "supplyAddress", ${contracts.endsOn}::text as "endsOn",
        coalesce(${contracts.endsOn} < (moment.at at time zone 'Europe/Rome')::date, false) as "ended",
        today.mode, today.reason, today.email, today.mandate_id is not null as "mandateActive",
        (cut_off.at at time zone 'Europe/Rome')::date::text as "nextCutOffOn",
        upcoming.mode as "nextMode", upcoming.reason as "nextReason",
        offer.amount_cents as "offerCents", offer.basis as "offerBasis",
        choice.mode as "chosenMode", choice.email as "chosenEmail",
        choice.notice_version as "chosenNotice",
        choice.account_id is not null and choice.email is not null and dedicated.confirmed_at is null
          as "awaitsConfirmation"
      from ${contracts}
      join ${companies} on ${companies.id} = ${contracts.companyId}
      cross join (select coalesce(${at?.toISOString() ?? null}::timestamptz, clock_timestamp()) as at) moment
      cross join lateral (select next_cut_off(${contracts.companyId}, moment.at) as at) cut_off
      cross join lateral delivery_modes(${contracts.companyId}, array[${contracts.id}], moment.at) today
      cross join lateral delivery_modes(${contracts.companyId}, array[${contracts.id}], cut_off.at) upcoming
      left join lateral discount_on(${contracts.companyId}, ${contracts.commodity},
        (cut_off.at at time zone 'Europe/Rome')::date) offer on true
      left join delivery_choices choice on choice.company_id = ${contracts.companyId}
        and choice.contract_id = ${contracts.id} and choice.id = today.choice_id
      left join delivery_addresses dedicated on dedicated.account_id = choice.account_id
        and dedicated.email = choice.email
      where ${visible} and ${asked}
      order by "ended", ${companies.name}, ${contracts.contractNumber}`);
    return [...rows];
  });
}

export interface PastChoice {
  id: string;
  contractId: string;
  mode: DeliveryMode;
  email: string | null;
  noticeVersion: string | null;
  chosenAt: Date;
}

/** How many past choices the panel tells of, over all contracts. */
const CHOICES_SHOWN = 100;

/** The actor's own choices, newest first; they are never changed (R10). */
export async function listChoices(ctx: Context): Promise<PastChoice[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    return await db
      .select({
        id: deliveryChoices.id,
        contractId: deliveryChoices.contractId,
        mode: deliveryChoices.mode,
        email: deliveryChoices.email,
        noticeVersion: deliveryChoices.noticeVersion,
        chosenAt: deliveryChoices.chosenAt,
      })
      .from(deliveryChoices)
      .where(visibleChoices(actor))
      .orderBy(desc(deliveryChoices.chosenAt), desc(deliveryChoices.id))
      .limit(CHOICES_SHOWN);
  });
}
