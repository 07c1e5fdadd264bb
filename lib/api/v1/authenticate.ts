import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { apiKeys, companies } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { clientIp } from "@/lib/auth/client-ip";
import { type Context, inTransaction } from "@/lib/auth/context";
import { hashToken } from "@/lib/auth/token";
import { env } from "@/lib/env";
import { countFailure } from "./failure-limit";
import { ProblemError } from "./problem";
import { type ApiScope, KEY_SHAPE } from "./rules";

/** Who calls. */
export interface Caller {
  keyId: string;
  name: string;
  scopes: readonly ApiScope[];
  /** The only company that the key is of; null: it is of all. */
  company: { id: number; slug: string } | null;
}

/**
 * Finds out by its key who calls, and notes that it was used. Whatever is wrong with a key, the work is the
 * same: one look-up by hash, and one count.
 * @throws {ProblemError} without a valid key (401, or 429 after too many), or with one that lacks the scope (403)
 */
export async function authenticate(
  ctx: Context<SystemActor>,
  { headers }: Request,
  scope: ApiScope,
): Promise<Caller> {
  const [, shown = ""] = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  const found = await findKey(ctx, shown);
  if (!KEY_SHAPE.test(shown) || !found?.valid) {
    const wait = await countFailure(
      ctx.db,
      clientIp(headers.get("x-forwarded-for"), env().TRUSTED_PROXY_HOPS),
    );
    throw wait > 0
      ? new ProblemError("too_many_failures", `Try again in ${wait} seconds, with a valid key.`, {
          headers: { "Retry-After": String(wait) },
        })
      : new ProblemError(
          "unauthorized",
          "Send the header Authorization: Bearer with a key that is neither revoked nor expired; sportello api-key add makes one.",
          { headers: { "WWW-Authenticate": 'Bearer realm="Sportello API"' } },
        );
  }
  await noteUse(ctx, found);
  if (!found.scopes.includes(scope)) {
    throw new ProblemError(
      "insufficient_scope",
      `The key "${found.name}" lacks the scope ${scope}; make one that has it with sportello api-key add.`,
      {
        headers: {
          "WWW-Authenticate": `Bearer realm="Sportello API", error="insufficient_scope", scope="${scope}"`,
        },
      },
    );
  }
  const { id: keyId, name, scopes, companyId, slug } = found;
  return {
    keyId,
    name,
    scopes,
    company: companyId === null || slug === null ? null : { id: companyId, slug },
  };
}

async function findKey({ db }: Context, shown: string) {
  const [found] = await db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      scopes: apiKeys.scopes,
      companyId: apiKeys.companyId,
      slug: companies.slug,
      valid: sql<boolean>`${apiKeys.revokedAt} is null
        and coalesce(${apiKeys.expiresAt}, 'infinity') > clock_timestamp()`,
      stale: sql<boolean>`coalesce(${apiKeys.lastUsedAt}, '-infinity') < clock_timestamp() - interval '1 minute'`,
    })
    .from(apiKeys)
    .leftJoin(companies, eq(companies.id, apiKeys.companyId))
    .where(eq(apiKeys.secretHash, hashToken(shown)));
  return found;
}

/** At most once a minute, also when many calls come at once. */
async function noteUse(
  ctx: Context<SystemActor>,
  { id, stale }: { id: string; stale: boolean },
): Promise<void> {
  if (!stale) {
    return;
  }
  await inTransaction(ctx, async ({ db }) => {
    await db
      .update(apiKeys)
      .set({ lastUsedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(apiKeys.id, id),
          or(
            isNull(apiKeys.lastUsedAt),
            lt(apiKeys.lastUsedAt, sql`clock_timestamp() - interval '1 minute'`),
          ),
        ),
      );
  });
}
