import { sql } from "drizzle-orm";
import type { Database } from "@/db/client";
import type { CUSTOMER_TOKEN_PURPOSES } from "@/db/schema";
import { isLanguage } from "@/lib/i18n/languages";
import type { CustomerActor } from "./actor";
import type { Context } from "./context";
import { hashToken } from "./token";

export type TokenPurpose = (typeof CUSTOMER_TOKEN_PURPOSES)[number];

/** What every customer's token begins with, so that scanners of repositories find one that got there. */
export const CUSTOMER_TOKEN_PREFIX = "spc_";

/** 32 bytes, base64url. */
const CUSTOMER_TOKEN_SHAPE = /^spc_[A-Za-z0-9_-]{43}$/;

/**
 * Whose token was shown; null for one that is unknown, revoked, of another purpose, or of an account that is
 * gone: all alike, after the same look-up. Its use is noted, at most once a minute.
 */
export async function customerOfToken(
  db: Database,
  { secret, purpose }: { secret: string; purpose: TokenPurpose },
): Promise<CustomerActor | null> {
  const [found] = await db.execute<{
    token_id: string;
    account_id: string;
    holder_id: string;
    email: string;
    language: string;
  }>(sql`select * from customer_token_actor(${hashToken(secret)}, ${purpose})`);
  if (!found || !CUSTOMER_TOKEN_SHAPE.test(secret) || !isLanguage(found.language)) {
    return null;
  }
  return {
    kind: "customer",
    accountId: found.account_id,
    holderId: found.holder_id,
    sessionId: found.token_id,
    email: found.email,
    language: found.language,
  };
}

/** Work in one transaction that reads only: a token is no session, and nothing can be changed by it. */
export async function readingOnly<T>(
  db: Database,
  actor: CustomerActor,
  work: (ctx: Context<CustomerActor>) => Promise<T>,
): Promise<T> {
  return await db.transaction(async (tx) => await work({ db: tx, actor }), {
    accessMode: "read only",
  });
}
