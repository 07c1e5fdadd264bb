import { and, asc, desc, eq, isNull, lt, ne, type SQL, sql } from "drizzle-orm";
import {
  accounts,
  companies,
  contracts,
  selfReadingPhotos,
  selfReadings,
  staff,
} from "@/db/schema";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import type { PhotoKind } from "../photo/clean-photo";
import { visibleSelfReadings } from "../scope";
import type { Count } from "../self-reading";
import { told } from "./self-readings";

const MOST_OF_STAFF = 200;

const ofReading = and(
  eq(selfReadingPhotos.companyId, selfReadings.companyId),
  eq(selfReadingPhotos.contractId, selfReadings.contractId),
  eq(selfReadingPhotos.readingId, selfReadings.id),
);

/** The supply as it was when the meter was read. */
const supply = {
  contractNumber: selfReadings.contractNumber,
  commodity: selfReadings.commodity,
  meterSerial: selfReadings.meterSerial,
  company: companies.name,
};

/**
 * Self-readings as the desk sees them, not of accounts that are gone (R7): those first that wait to be judged, the
 * oldest of them first; then what was decided last.
 */
const onDesk = ({ db, actor }: Context<StaffActor>, which: SQL | undefined, most: number) =>
  db
    .select({
      ...told,
      ...supply,
      companyId: selfReadings.companyId,
      contractId: selfReadings.contractId,
      accountId: selfReadings.accountId,
      exportedAt: selfReadings.exportedAt,
      decidedAt: selfReadings.decidedAt,
      photoAddedAt: selfReadingPhotos.addedAt,
      /** A colleague's name, else what decided at the shell; null while nobody did. */
      decidedBy: sql<string | null>`coalesce(${staff.name}, ${selfReadings.decidedBy})`,
    })
    .from(selfReadings)
    .innerJoin(companies, eq(companies.id, selfReadings.companyId))
    .innerJoin(accounts, and(eq(accounts.id, selfReadings.accountId), isNull(accounts.deletedAt)))
    .leftJoin(staff, eq(sql`${staff.id}::text`, selfReadings.decidedBy))
    .leftJoin(selfReadingPhotos, ofReading)
    .where(and(which, visibleSelfReadings(actor)))
    .orderBy(
      sql`${selfReadings.state} <> 'submitted'`,
      desc(selfReadings.decidedAt),
      asc(selfReadings.submittedAt),
    )
    .limit(most);

export type DeskReading = Awaited<ReturnType<typeof onDesk>>[number];

/** Self-readings of all companies for staff: 200 at most. */
export async function listSelfReadings(ctx: Context<StaffActor>): Promise<DeskReading[]> {
  return await inTransaction(ctx, async (tx) => await onDesk(tx, undefined, MOST_OF_STAFF));
}

/** One of them by its receipt, with the count that stood before it; null where there is none. */
export async function findDeskReading(
  ctx: Context<StaffActor>,
  receiptCode: string,
): Promise<(DeskReading & { before: Count | null }) | null> {
  return await inTransaction(ctx, async (tx) => {
    const [found] = await onDesk(tx, eq(selfReadings.receiptCode, receiptCode), 1);
    if (!found) {
      return null;
    }
    const [before] = await tx.db
      .select({ readOn: selfReadings.readOn, countThousandths: selfReadings.countThousandths })
      .from(selfReadings)
      .where(
        and(
          eq(selfReadings.companyId, found.companyId),
          eq(selfReadings.contractId, found.contractId),
          eq(selfReadings.accountId, found.accountId),
          ne(selfReadings.state, "refused"),
          lt(selfReadings.readOn, found.readOn),
          visibleSelfReadings(tx.actor),
        ),
      )
      .orderBy(desc(selfReadings.readOn))
      .limit(1);
    return { ...found, before: before ?? null };
  });
}

/** What the receipt of a customer's own self-reading tells, also after the supply has left their account; else null (R28). */
export async function findReadingReceipt(ctx: Context<CustomerActor>, receiptCode: string) {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [found] = await db
      .select({
        ...{ ...told, ...supply, accentColor: companies.accentColor },
        companyId: selfReadings.companyId,
        decidedAt: selfReadings.decidedAt,
        /** The supply's number in their account today; null once it has left it. */
        linkedAs: contracts.contractNumber,
        photoAddedAt: selfReadingPhotos.addedAt,
      })
      .from(selfReadings)
      .innerJoin(companies, eq(companies.id, selfReadings.companyId))
      .leftJoin(
        contracts,
        and(
          eq(contracts.companyId, selfReadings.companyId),
          eq(contracts.id, selfReadings.contractId),
          visibleContracts(actor),
        ),
      )
      .leftJoin(selfReadingPhotos, ofReading)
      .where(and(eq(selfReadings.receiptCode, receiptCode), visibleSelfReadings(actor)));
    return found ?? null;
  });
}

/** Where a reading's photo lies, for whom may see it (R28): its customer, and staff; null where there is none. */
export async function findMeterPhoto(
  ctx: Context<CustomerActor | StaffActor>,
  receiptCode: string,
): Promise<{ storageKey: string; kind: PhotoKind } | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [found] = await db
      .select({ storageKey: selfReadingPhotos.storageKey, kind: selfReadingPhotos.kind })
      .from(selfReadings)
      .innerJoin(selfReadingPhotos, ofReading)
      .where(and(eq(selfReadings.receiptCode, receiptCode), visibleSelfReadings(actor)));
    return found ?? null;
  });
}
