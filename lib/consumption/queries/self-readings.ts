import { and, asc, desc, eq, gte, isNull, lte, or, sql } from "drizzle-orm";
import { accounts, companies, contracts, selfReadings, selfReadingWindows } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { Commodity } from "../quantity";
import type { ContractKey } from "../queries";
import { visibleSelfReadings } from "../scope";
import { REMOTE_DAYS, type ReadingWindow } from "../self-reading";

const MOST_SHOWN = 24;
const MOST_OF_STAFF = 200;

const told = {
  id: selfReadings.id,
  readOn: selfReadings.readOn,
  countThousandths: selfReadings.countThousandths,
  doubt: selfReadings.doubt,
  receiptCode: selfReadings.receiptCode,
  submittedAt: selfReadings.submittedAt,
  state: selfReadings.state,
  refusal: selfReadings.refusal,
};

export type ToldReading = {
  [Field in keyof typeof told]: (typeof selfReadings.$inferSelect)[Field];
};

/** A meter that somebody may read, and what was told of it. */
export interface MeterToRead {
  companyId: number;
  contractId: string;
  commodity: Commodity;
  meterSerial: string | null;
  /** Thousandths of the meter's unit in a year; null where the contract does not say. */
  annualThousandths: number | null;
  /** The first day of the contract that is this holder's. */
  since: string;
  windows: ReadingWindow[];
  /** A meter that tells its count by itself needs nobody. */
  readRemotely: boolean;
  /** Newest first. */
  readings: ToldReading[];
}

/**
 * A contract's meter, as its customer may read it (R28); null for another's, and for a contract that has
 * ended. What a former holder told is not told to the present one (R5).
 * @param today Europe/Rome
 */
export async function findMeterToRead(
  ctx: Context,
  { companyId, contractId }: ContractKey,
  today: string,
): Promise<MeterToRead | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [contract] = await db
      .select({
        commodity: contracts.commodity,
        meterSerial: contracts.meterSerial,
        since: sql<string>`greatest(${contracts.startsOn}, ${contracts.heldSince})`,
        annualThousandths: sql<number | null>`(${contracts.annualConsumption} * 1000)::float8`,
        // What was estimated or is missing was not read (R22).
        readRemotely: sql<boolean>`exists (select from daily_consumption d
          where d.company_id = ${contracts.companyId} and d.contract_id = ${contracts.id}
            and d.direction = 'consumption' and d.intervals > d.missing + d.estimated
            and d.local_day between ${today}::date - ${REMOTE_DAYS}::int and ${today}::date)`,
      })
      .from(contracts)
      .where(
        and(
          eq(contracts.companyId, companyId),
          eq(contracts.id, contractId),
          lte(contracts.startsOn, today),
          or(isNull(contracts.endsOn), gte(contracts.endsOn, today)),
          visibleContracts(actor),
        ),
      );
    if (!contract) {
      return null;
    }
    const windows = await db
      .select({
        opensOnDay: selfReadingWindows.opensOnDay,
        closesOnDay: selfReadingWindows.closesOnDay,
        validFrom: selfReadingWindows.validFrom,
        validUntil: selfReadingWindows.validUntil,
      })
      .from(selfReadingWindows)
      .where(
        and(
          eq(selfReadingWindows.companyId, companyId),
          eq(selfReadingWindows.commodity, contract.commodity),
        ),
      );
    const readings = await db
      .select(told)
      .from(selfReadings)
      .where(
        and(
          eq(selfReadings.companyId, companyId),
          eq(selfReadings.contractId, contractId),
          visibleSelfReadings(actor),
        ),
      )
      .orderBy(desc(selfReadings.readOn), desc(selfReadings.submittedAt))
      .limit(MOST_SHOWN);
    return { companyId, contractId, ...contract, windows, readings };
  });
}

/** Self-readings of all companies for staff: 200 at most, those first that wait to be judged, the oldest of them first. */
export async function listSelfReadings(ctx: Context<StaffActor>) {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select({
          ...told,
          exportedAt: selfReadings.exportedAt,
          contractNumber: contracts.contractNumber,
          commodity: contracts.commodity,
          company: companies.name,
        })
        .from(selfReadings)
        .innerJoin(
          contracts,
          and(
            eq(contracts.companyId, selfReadings.companyId),
            eq(contracts.id, selfReadings.contractId),
          ),
        )
        .innerJoin(companies, eq(companies.id, selfReadings.companyId))
        .innerJoin(
          accounts,
          and(eq(accounts.id, selfReadings.accountId), isNull(accounts.deletedAt)),
        )
        .where(visibleSelfReadings(actor))
        .orderBy(sql`${selfReadings.state} <> 'submitted'`, asc(selfReadings.submittedAt))
        .limit(MOST_OF_STAFF),
  );
}
