import { and, asc, eq, exists, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import {
  accounts,
  contractLinks,
  contracts,
  documents,
  holders,
  signupAttempts,
  tokens,
} from "@/db/schema";
import type { CustomerActor, SystemActor, VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { compactCode, maskTaxId, RECENT_BILL_MONTHS } from "./rules";
import { mailedToken, ownAccount } from "./scope";

const query = new QueryBuilder({ casing: "snake_case" });

/** The day it is in Rome by the database's clock. */
const romeToday = sql`(clock_timestamp() at time zone 'Europe/Rome')::date`;

export interface Profile {
  name: string;
  /** Only its ends are shown. */
  maskedTaxId: string;
  email: string;
  language: Language;
  createdAt: Date;
}

/** Who the signed-in customer is. */
export async function getProfile(ctx: Context<CustomerActor>): Promise<Profile> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [row] = await db
      .select({
        name: holders.name,
        taxId: holders.taxId,
        email: accounts.email,
        language: accounts.language,
        createdAt: accounts.createdAt,
      })
      .from(accounts)
      .innerJoin(holders, eq(holders.id, accounts.holderId))
      .where(ownAccount(actor));
    if (!row) {
      throw new NotFoundError("account");
    }
    const { taxId, ...profile } = row;
    return { ...profile, maskedTaxId: maskTaxId(taxId) };
  });
}

/** What the link in a confirmation mail leads to; reading it changes nothing (R4). */
export type Confirmation =
  | { state: "open" }
  | { state: "confirmed"; email: string }
  | { state: "used" | "expired" | "unknown" };

/** How a mailed link stands that the visitor has shown. */
export async function findConfirmation(ctx: Context<VisitorActor>): Promise<Confirmation> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [token] = await db
      .select({
        used: sql<boolean>`${tokens.usedAt} is not null`,
        expired: sql<boolean>`${tokens.expiresAt} <= clock_timestamp()`,
        confirmedEmail: sql<string | null>`case ${signupAttempts.outcome}
          when 'confirmed' then ${signupAttempts.email} end`,
      })
      .from(tokens)
      .leftJoin(signupAttempts, eq(signupAttempts.id, tokens.attemptId))
      .where(and(mailedToken(actor), eq(tokens.purpose, "confirm_account")));
    if (!token) {
      return { state: "unknown" };
    }
    // Another link of the same registration may have been faster.
    if (token.confirmedEmail) {
      return { state: "confirmed", email: token.confirmedEmail };
    }
    if (token.used) {
      return { state: "used" };
    }
    return { state: token.expired ? "expired" : "open" };
  });
}

/** What a mailed link that sets a password is good for now; null for nothing. Reading it changes nothing (R4). */
export async function findPasswordToken(
  ctx: Context<VisitorActor>,
): Promise<"reset_password" | "staff_password" | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [token] = await db
      .select({ purpose: tokens.purpose })
      .from(tokens)
      .where(
        and(
          mailedToken(actor),
          inArray(tokens.purpose, ["reset_password", "staff_password"]),
          isNull(tokens.usedAt),
          sql`${tokens.expiresAt} > clock_timestamp()`,
        ),
      );
    return token?.purpose === "reset_password" || token?.purpose === "staff_password"
      ? token.purpose
      : null;
  });
}

type Attempt = typeof signupAttempts.$inferSelect;

export interface SignupMatch {
  contractId: string;
  contractNumber: string;
  holderId: string;
  /** The contract is in somebody's account already (R5). */
  taken: boolean;
}

/**
 * The contract that a registration proves (R1): of that company, tax id (or VAT number) and customer
 * code, with a published bill of that number, issued to the present holder in the last 24 months.
 */
export async function findSignupMatch(
  { db }: TxContext<SystemActor>,
  attempt: Attempt,
): Promise<SignupMatch | null> {
  const linked = query
    .select({ one: sql`1` })
    .from(contractLinks)
    .where(
      and(
        eq(contractLinks.companyId, contracts.companyId),
        eq(contractLinks.contractId, contracts.id),
        isNull(contractLinks.endedAt),
      ),
    );
  const [match] = await db
    .select({
      contractId: contracts.id,
      contractNumber: contracts.contractNumber,
      holderId: contracts.holderId,
      taken: sql<boolean>`${exists(linked)}`,
    })
    .from(contracts)
    .innerJoin(holders, eq(holders.id, contracts.holderId))
    .innerJoin(
      documents,
      and(
        eq(documents.companyId, contracts.companyId),
        eq(documents.contractId, contracts.id),
        eq(documents.holderId, contracts.holderId),
      ),
    )
    .where(
      and(
        eq(contracts.companyId, attempt.companyId),
        eq(contracts.customerCode, attempt.customerCode),
        or(eq(holders.taxId, attempt.taxId), eq(holders.vatNumber, attempt.taxId)),
        isNotNull(documents.publishedAt),
        sql`${documents.issueDate} >= ${romeToday} - make_interval(months => ${RECENT_BILL_MONTHS})`,
        sql`upper(regexp_replace(${documents.billNumber}, '\\s', '', 'g')) = ${compactCode(attempt.billNumber)}`,
      ),
    )
    .orderBy(asc(contracts.id))
    .limit(1);
  return match ?? null;
}

/** The gate (R2): a mandate active today on any contract of the holder in the company. */
export async function hasActiveMandate(
  { db }: TxContext<SystemActor>,
  { companyId, holderId }: { companyId: number; holderId: string },
): Promise<boolean> {
  const rows = await db.execute(sql`select 1 from ${contracts}
    cross join lateral active_mandate(${contracts.companyId}, ${contracts.id},
      ${contracts.holderId}, ${romeToday})
    where ${contracts.companyId} = ${companyId} and ${contracts.holderId} = ${holderId}
    limit 1`);
  return rows.length > 0;
}

/** Whether somebody signs in with this e-mail already (R6). */
export async function emailHasAccount(
  { db }: TxContext<SystemActor>,
  email: string,
): Promise<boolean> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.email, email), isNull(accounts.deletedAt)))
    .limit(1);
  return rows.length > 0;
}
