import { and, desc, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { COMMODITIES } from "@/db/schema";
import { companies, contracts, deliveryChoices } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { byService } from "@/lib/contracts/queries/contracts";
import { visibleContracts } from "@/lib/contracts/scope";
import {
  type ChoiceOrigin,
  DAYS_TO_TELL_OF_PASSED_CUT_OFF,
  type DeliveryMode,
  type DeliveryReason,
} from "./rules";
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
  /** The same at the next cut-off, as far as is known: an end may come before it (R14). */
  mandateActiveNext: boolean;
  /** Day (Rome) of the first cut-off that a change made now reaches, of a supply that starts later its own (R11). */
  nextCutOffOn: string;
  /** That day; null where the supply ends before it: a change reaches the closing bill alone (R15). */
  fromBillOn: string | null;
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
  /** Where the last choice came from; null without one. */
  chosenOrigin: ChoiceOrigin | null;
  /** True while a dedicated address waits for its owner's confirmation (R8). */
  awaitsConfirmation: boolean;
  /** Since when it waits. */
  waitsSince: Date | null;
  /** The company's next cut-off, whichever supplies it finds: until then the last choice can be undone. */
  undoUntil: Date;
  /** The last choice is the actor's own, no cut-off has passed since, and it takes back no other. */
  canUndo: boolean;
  /** What undoing it leads back to. */
  undoMode: DeliveryMode;
  /** The cut-off that has passed while its bills are still to come; null when there is none to tell. */
  passed: PassedCutOff | null;
}

/** What the run of a passed cut-off, not yet published, does with a contract: no choice changes it. */
interface PassedCutOff {
  at: Date;
  mode: DeliveryMode;
  email: string | null;
}

interface DeliveryRow extends Omit<Delivery, "fromBillOn" | "waitsSince" | "undoUntil" | "passed"> {
  closing: boolean;
  [column: string]: unknown;
  waitsSinceMs: number | null;
  undoUntilMs: number;
  passedMs: number | null;
  passedMode: DeliveryMode;
  passedEmail: string | null;
}

/** The first instant of a contract's supply: no run with an earlier cut-off has it. */
export const supplyStarts = sql`(${contracts.startsOn}::timestamp at time zone 'Europe/Rome')`;

const milliseconds = (instant: SQL) => sql`(extract(epoch from ${instant}) * 1000)::float8`;

/**
 * The delivery of every contract the actor sees, or of those asked for, by the rule that freezes runs
 * (R10, R11): one statement, however many they are. `at` is for looking at another instant; by default
 * the database's clock.
 */
export async function listDeliveries(
  ctx: Context,
  { contractId, contractIds, at }: { contractId?: string; contractIds?: string[]; at?: Date } = {},
): Promise<Delivery[]> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const ids = contractId ? [contractId] : contractIds;
    const own = actor.kind === "customer" ? actor.accountId : null;
    const rows = await db.execute<DeliveryRow>(sql`
      with moment as materialized (
        select coalesce(${at?.toISOString() ?? null}::timestamptz, clock_timestamp()) as at
      ), mine as materialized (
        select ${contracts}.*, greatest(moment.at, ${supplyStarts}) as counts_from
        from ${contracts} cross join moment
        where ${and(visibleContracts(actor), ids ? inArray(contracts.id, ids) : undefined) ?? sql`true`}
      ), asked as materialized (
        select mine.company_id, mine.counts_from, array_agg(mine.id) as ids, moment.at,
          next_cut_off(mine.company_id, mine.counts_from) as next_at,
          next_cut_off(mine.company_id, moment.at) as undo_at
        from mine cross join moment
        group by mine.company_id, mine.counts_from, moment.at
      ), last as materialized (
        select asked.company_id, asked.counts_from, asked.ids, passed.cut_off_at, passed.run_id,
          coalesce(passed.run_state, 'scheduled') in ('scheduled', 'frozen', 'loaded')
            and passed.cut_off_at >= asked.at - make_interval(days => ${DAYS_TO_TELL_OF_PASSED_CUT_OFF})
            as to_come
        from asked cross join lateral last_cut_off(asked.company_id, asked.at) passed
      ), instants as materialized (
        select asked.company_id, asked.ids, 'today' as name, asked.at as instant from asked
        union all
        select asked.company_id, asked.ids, 'next', asked.next_at from asked
        union all
        select last.company_id, last.ids, 'passed', last.cut_off_at from last where last.to_come
      ), modes as materialized (
        select judged.contract_id, jsonb_object_agg(instants.name, to_jsonb(judged)) as at
        from instants
        cross join lateral delivery_modes(instants.company_id, instants.ids, instants.instant) judged
        group by judged.contract_id
      )
      select co.id as "companyId", co.slug as "companySlug", co.name as "companyName",
        mine.id as "contractId", mine.contract_number as "contractNumber", mine.commodity,
        mine.supply_address as "supplyAddress", mine.ends_on::text as "endsOn",
        coalesce(mine.ends_on < (asked.at at time zone 'Europe/Rome')::date, false) as "ended",
        modes.at -> 'today' ->> 'mode' as "mode", modes.at -> 'today' ->> 'reason' as "reason",
        modes.at -> 'today' ->> 'email' as "email",
        modes.at -> 'today' ->> 'mandate_id' is not null as "mandateActive",
        modes.at -> 'next' ->> 'mandate_id' is not null as "mandateActiveNext",
        coalesce(mine.ends_on < (asked.next_at at time zone 'Europe/Rome')::date, false) as "closing",
        (asked.next_at at time zone 'Europe/Rome')::date::text as "nextCutOffOn",
        ${milliseconds(sql`asked.undo_at`)} as "undoUntilMs",
        modes.at -> 'next' ->> 'mode' as "nextMode", modes.at -> 'next' ->> 'reason' as "nextReason",
        offer.amount_cents as "offerCents", offer.basis as "offerBasis",
        choice.mode as "chosenMode", choice.email as "chosenEmail",
        choice.notice_version as "chosenNotice", choice.origin as "chosenOrigin",
        choice.account_id is not null and choice.email is not null and dedicated.confirmed_at is null
          as "awaitsConfirmation",
        ${milliseconds(sql`dedicated.created_at`)} as "waitsSinceMs",
        choice.undoable as "canUndo",
        case when before.origin in ('customer', 'import', 'paper_form') then before.mode
          else 'paper' end as "undoMode",
        ${milliseconds(sql`passed.cut_off_at`)} as "passedMs",
        case when plan.run_id is null then modes.at -> 'passed' ->> 'mode' else plan.mode end
          as "passedMode",
        case when plan.run_id is null then modes.at -> 'passed' ->> 'email' else plan.email end
          as "passedEmail"
      from mine
      join ${companies} co on co.id = mine.company_id
      join asked on asked.company_id = mine.company_id and asked.counts_from = mine.counts_from
      join modes on modes.contract_id = mine.id
      left join last on last.company_id = mine.company_id and last.counts_from = mine.counts_from
      left join last passed on passed.company_id = last.company_id
        and passed.counts_from = last.counts_from and passed.to_come
        and (passed.cut_off_at at time zone 'Europe/Rome')::date
          between greatest(mine.starts_on, mine.held_since) and coalesce(mine.ends_on, 'infinity')
      left join delivery_plans plan on plan.company_id = mine.company_id
        and plan.run_id = passed.run_id and plan.contract_id = mine.id
      left join lateral discount_on(mine.company_id, mine.commodity,
        (asked.next_at at time zone 'Europe/Rome')::date) offer on true
      left join lateral (
        select dc.*, dc.account_id = ${own}::uuid and dc.origin = 'customer' and dc.undoes is null
          and coalesce(last.cut_off_at < dc.chosen_at, true) as undoable
        from delivery_choices dc
        where dc.company_id = mine.company_id and dc.contract_id = mine.id and dc.id = (modes.at -> 'today' ->> 'choice_id')::uuid
      ) choice on true
      left join lateral (
        select dc.mode, dc.origin from delivery_choices dc
        where choice.undoable and dc.company_id = mine.company_id and dc.contract_id = mine.id
          and (dc.chosen_at, dc.id) < (choice.chosen_at, choice.id)
        order by dc.chosen_at desc, dc.id desc
        limit 1
      ) before on true
      left join delivery_addresses dedicated on dedicated.account_id = choice.account_id
        and dedicated.email = choice.email
      order by "ended", ${byService(sql`mine.commodity`)}, co.name, mine.contract_number`);
    return rows.map(deliveryOf);
  });
}

function deliveryOf({
  closing,
  waitsSinceMs,
  undoUntilMs,
  passedMs,
  passedMode,
  passedEmail,
  ...row
}: DeliveryRow): Delivery {
  return {
    ...row,
    fromBillOn: closing ? null : row.nextCutOffOn,
    canUndo: row.canUndo === true && !row.ended,
    waitsSince: row.awaitsConfirmation && waitsSinceMs !== null ? new Date(waitsSinceMs) : null,
    undoUntil: new Date(undoUntilMs),
    passed:
      passedMs === null ? null : { at: new Date(passedMs), mode: passedMode, email: passedEmail },
  };
}

export type PastChoice = Awaited<ReturnType<typeof listChoices>>[number];

/** How many past choices the panel tells of, for each contract. */
export const CHOICES_SHOWN = 20;

/**
 * The choices of the actor's contracts, or of those asked for, newest first, the last 20 of each; they
 * are never changed (R10). Also those taken over from elsewhere, since the present holder (R5).
 */
export async function listChoices(ctx: Context, { contractIds }: { contractIds?: string[] } = {}) {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const numbered = db
      .select({
        id: deliveryChoices.id,
        contractId: deliveryChoices.contractId,
        mode: deliveryChoices.mode,
        email: deliveryChoices.email,
        noticeVersion: deliveryChoices.noticeVersion,
        origin: deliveryChoices.origin,
        undoes: deliveryChoices.undoes,
        chosenAt: deliveryChoices.chosenAt,
        recordedAt: deliveryChoices.recordedAt,
        place:
          sql<number>`row_number() over (partition by ${deliveryChoices.companyId}, ${deliveryChoices.contractId}
            order by ${deliveryChoices.chosenAt} desc, ${deliveryChoices.id} desc)`.as("place"),
      })
      .from(deliveryChoices)
      .where(
        and(
          visibleChoices(actor),
          contractIds ? inArray(deliveryChoices.contractId, contractIds) : undefined,
        ),
      )
      .as("numbered");
    return await db
      .select()
      .from(numbered)
      .where(lte(numbered.place, CHOICES_SHOWN))
      .orderBy(desc(numbered.chosenAt), desc(numbered.id));
  });
}
