import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import {
  accounts,
  contractLinks,
  customerTokens,
  dataExports,
  secondFactors,
  sessions,
  tokens,
} from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";

const none = sql`false`;

/** The one account an actor may read and change: their own, while it lives (R28). */
export function ownAccount(actor: Actor): SQL | undefined {
  return actor.kind === "customer"
    ? and(eq(accounts.id, actor.accountId), isNull(accounts.deletedAt))
    : none;
}

/** The links that tie contracts to the actor's own account now. */
export function ownLinks(actor: Actor): SQL | undefined {
  return actor.kind === "customer"
    ? and(eq(contractLinks.accountId, actor.accountId), isNull(contractLinks.endedAt))
    : none;
}

/** Every sign-in of the actor's own account that lives. */
export function ownSessions(actor: Actor): SQL | undefined {
  return actor.kind === "customer"
    ? and(eq(sessions.accountId, actor.accountId), isNull(sessions.endedAt))
    : none;
}

/** The second factor of the actor's own account. */
export function ownFactors(actor: Actor): SQL | undefined {
  return actor.kind === "customer" ? eq(secondFactors.accountId, actor.accountId) : none;
}

/** The downloads of their data that the actor asked for (R28). */
export function ownExports(actor: Actor): SQL | undefined {
  return actor.kind === "customer" ? eq(dataExports.accountId, actor.accountId) : none;
}

/** The secrets that programs of the actor's have (R28). */
export function ownCustomerTokens(actor: Actor): SQL | undefined {
  return actor.kind === "customer" ? eq(customerTokens.accountId, actor.accountId) : none;
}

/** The token whose secret a visitor has shown (R4). */
export function mailedToken(actor: Actor): SQL | undefined {
  return actor.kind === "visitor" && actor.tokenHash
    ? sql`${tokens.tokenHash} = decode(${actor.tokenHash}, 'hex')`
    : none;
}

/** Secrets of anybody's that have had their time: jobs only. */
export function expiredSecrets(actor: Actor): SQL | undefined {
  return actor.kind === "system" ? undefined : none;
}

/** Accounts and their deletions, anybody's: for the ledger of deletions, jobs and the command line only (R7). */
export function anybodysAccounts(actor: Actor): SQL | undefined {
  return actor.kind === "system" ? undefined : none;
}
