import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./account";
import { companies } from "./company";
import { COMMODITIES, contracts } from "./contract";

const at = () => timestamp({ withTimezone: true });

export const SELF_READING_STATES = ["submitted", "accepted", "refused"] as const;
export const SELF_READING_DOUBTS = ["lower", "much_more", "much_less"] as const;
export const SELF_READING_REFUSALS = ["implausible", "other_meter", "read_remotely"] as const;
export const METER_PHOTO_KINDS = ["jpeg", "png", "webp"] as const;

/** When a company takes self-readings of a commodity (autolettura): days of each month, dated. */
export const selfReadingWindows = pgTable(
  "self_reading_windows",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    commodity: text({ enum: COMMODITIES }).notNull(),
    /** Both days are part of it; the last day of a shorter month counts as 31. */
    opensOnDay: smallint().notNull(),
    closesOnDay: smallint().notNull(),
    validFrom: date().notNull(),
    validUntil: date(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    check(
      "self_reading_windows_days_in_order",
      sql`${table.opensOnDay} between 1 and 28 and ${table.closesOnDay} between ${table.opensOnDay} and 31`,
    ),
  ],
);

/** What a customer read off the meter; the back office accepts or refuses it. */
export const selfReadings = pgTable(
  "self_readings",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    /** As they were when it was told: a receipt outlasts meter and link. */
    contractNumber: text().notNull(),
    commodity: text({ enum: COMMODITIES }).notNull(),
    meterSerial: text(),
    /** The day it was read, Europe/Rome. */
    readOn: date().notNull(),
    /** The meter's count in thousandths of its unit: litres, Wh. */
    countThousandths: bigint({ mode: "number" }).notNull(),
    /** What looked wrong and was sent all the same. */
    doubt: text({ enum: SELF_READING_DOUBTS }),
    /** On the receipt; what the customer names when asking. */
    receiptCode: text().notNull(),
    submittedAt: at().notNull().default(sql`clock_timestamp()`),
    /** When it first went to the back office. */
    exportedAt: at(),
    state: text({ enum: SELF_READING_STATES }).notNull().default("submitted"),
    decidedAt: at(),
    decidedBy: text(),
    refusal: text({ enum: SELF_READING_REFUSALS }),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.id] }),
    foreignKey({
      columns: [table.companyId, table.contractId],
      foreignColumns: [contracts.companyId, contracts.id],
    }),
    uniqueIndex("self_readings_receipt_code_unique").on(table.receiptCode),
    index("self_readings_by_account").on(table.accountId),
    uniqueIndex("self_readings_one_of_a_day")
      .on(table.companyId, table.contractId, table.accountId, table.readOn)
      .where(sql`state <> 'refused'`),
    index("self_readings_undecided")
      .on(table.companyId, table.submittedAt)
      .where(sql`state = 'submitted'`),
    check("self_readings_count_not_negative", sql`${table.countThousandths} >= 0`),
    check(
      "self_readings_decided_whole",
      sql`(${table.state} = 'submitted') = (${table.decidedAt} is null)
        and (${table.state} = 'refused') = (${table.refusal} is not null)`,
    ),
  ],
);

/** The photo that came with a self-reading: one, in the storage, without its metadata; gone some time after the decision. */
export const selfReadingPhotos = pgTable(
  "self_reading_photos",
  {
    companyId: smallint().notNull(),
    contractId: uuid().notNull(),
    readingId: uuid().notNull(),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id),
    storageKey: text().notNull(),
    kind: text({ enum: METER_PHOTO_KINDS }).notNull(),
    addedAt: at().notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.contractId, table.readingId] }),
    foreignKey({
      name: "self_reading_photos_of_a_reading",
      columns: [table.companyId, table.contractId, table.readingId],
      foreignColumns: [selfReadings.companyId, selfReadings.contractId, selfReadings.id],
    }),
    uniqueIndex("self_reading_photos_storage_key_unique").on(table.storageKey),
    index("self_reading_photos_by_account").on(table.accountId),
  ],
);
