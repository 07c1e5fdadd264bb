import { sql } from "drizzle-orm";
import {
  check,
  date,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

/** A company (azienda) of the group; its brand, its calendar and how its codes look. */
export const companies = pgTable(
  "companies",
  {
    id: smallint().primaryKey().generatedAlwaysAsIdentity(),
    slug: text().notNull().unique(),
    name: text().notNull(),
    accentColor: text().notNull(),
    vatNumber: text().notNull(),
    creditorId: text().notNull(),
    senderEmail: text().notNull(),
    /** Where answers to its e-mails go; null: to the sender. */
    replyToEmail: text(),
    /** The company's own statement of accessibility, https; null where it has none. */
    accessibilityUrl: text(),
    supportPhone: text().notNull(),
    faultPhone: text().notNull(),
    /** POSIX regular expressions; the example of each is shown in the form's hint. */
    customerCodePattern: text().notNull(),
    customerCodeExample: text().notNull(),
    billNumberExample: text().notNull(),
    /** Day of the month and hour (Europe/Rome) at which a run's cut-off falls (R12). */
    cutOffDay: smallint().notNull().default(15),
    cutOffHour: smallint().notNull().default(18),
    noticeDays: smallint().notNull().default(14),
    printLeadDays: smallint().notNull().default(3),
    /** A run with more documents is published only after a second person's approval. */
    approvalAbove: integer().notNull().default(1_000),
    /** More wrong documents than this are withdrawn only after a second person's approval (R21). */
    withdrawAbove: integer().notNull().default(10),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    check("companies_slug_shape", sql`${table.slug} ~ '^[a-z][a-z0-9-]{1,38}$'`),
    check("companies_accent_color_shape", sql`${table.accentColor} ~ '^#[0-9a-f]{6}$'`),
    check("companies_accessibility_url_shape", sql`${table.accessibilityUrl} ~ '^https://'`),
    check("companies_cut_off_day_exists_in_every_month", sql`${table.cutOffDay} between 1 and 28`),
    check("companies_cut_off_hour_is_an_hour", sql`${table.cutOffHour} between 4 and 23`),
    check(
      "companies_approval_sizes",
      sql`${table.approvalAbove} >= 0 and ${table.withdrawAbove} >= 0`,
    ),
  ],
);

/** What an electronic bill earns (R13): dated configuration, integer cents. */
export const discounts = pgTable(
  "discounts",
  {
    companyId: smallint()
      .notNull()
      .references(() => companies.id),
    id: uuid().notNull().default(sql`uuidv7()`),
    commodity: text().notNull(),
    amountCents: integer().notNull(),
    basis: text({ enum: ["per_year", "per_bill"] }).notNull(),
    validFrom: date().notNull(),
    validUntil: date(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    check("discounts_amount_is_positive", sql`${table.amountCents} > 0`),
    check("discounts_basis_known", sql`${table.basis} in ('per_year', 'per_bill')`),
  ],
);
