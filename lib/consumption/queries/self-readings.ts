import { and, desc, eq, gte, isNull, lte, or, sql } from "drizzle-orm";
import { contracts, selfReadings, selfReadingWindows } from "@/db/schema";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { Commodity } from "../quantity";
import type { ContractKey } from "../queries";
import { visibleSelfReadings } from "../scope";
import { REMOTE_DAYS, type ReadingWindow } from "../self-reading";

const MOST_SHOWN = 24;

export const told = {
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
  contractNumber: string;
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
        contractNumber: contracts.contractNumber,
        commodity: contracts.commodity,
        meterSerial: contracts.meterSerial,
        since: sql<string>`greatest(${contracts.startsOn}, ${contracts.heldSince})`,
        annualThousandths: sql<number | null>`(${contracts.annualConsumption} * 1000)::float8`,
        // What was estimated or is missing was not read (R22).
        readRemotely: sql<boolean>`exists (select from daily_consumption d
          where d.company_id = ${companyId} and d.contract_id = ${contractId}
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
