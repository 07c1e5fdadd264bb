import { sql } from "drizzle-orm";
import { check, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const STAFF_ROLES = ["support", "operator", "admin"] as const;

/** A person of the utility who signs in under /staff. */
export const staff = pgTable(
  "staff",
  {
    id: uuid().primaryKey().default(sql`uuidv7()`),
    email: text().notNull().unique(),
    name: text().notNull(),
    role: text({ enum: STAFF_ROLES }).notNull(),
    /** Null until the first password is set by the invitation's link. */
    passwordHash: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    disabledAt: timestamp({ withTimezone: true }),
  },
  (table) => [check("staff_role_known", sql`${table.role} in ('support', 'operator', 'admin')`)],
);
