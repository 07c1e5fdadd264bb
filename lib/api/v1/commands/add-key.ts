import { apiKeys } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { hashToken, newToken } from "@/lib/auth/token";
import { fail, ok, type Result, violatedConstraint } from "@/lib/errors";
import { type ApiScope, KEY_PREFIX } from "../rules";

export interface NewKey {
  name: string;
  /** Null: of every company. */
  companyId: number | null;
  scopes: ApiScope[];
  /** Null: for good. */
  expiresInDays: number | null;
}

const DAY_MS = 86_400_000;

/** Makes a key; what it is called with is in the answer and nowhere else. */
export async function addKey(
  ctx: Context<SystemActor>,
  { name, companyId, scopes, expiresInDays }: NewKey,
): Promise<Result<{ id: string; secret: string; expiresAt: Date | null }, "name_taken">> {
  const secret = `${KEY_PREFIX}${newToken()}`;
  const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS);
  try {
    return await inTransaction(ctx, async (tx) => {
      const [added] = await tx.db
        .insert(apiKeys)
        .values({
          name,
          companyId,
          scopes,
          expiresAt,
          secretHash: hashToken(secret),
          createdBy: tx.actor.name,
        })
        .returning({ id: apiKeys.id });
      const id = added?.id ?? "";
      await recordAudit(tx, {
        action: "added_api_key",
        companyId: companyId ?? undefined,
        subjectKind: "api_key",
        subjectId: id,
        detail: { name, scopes: scopes.join(" "), expires: expiresAt?.toISOString() ?? null },
      });
      return ok({ id, secret, expiresAt });
    });
  } catch (error) {
    if (violatedConstraint(error) === "api_keys_one_of_name") {
      return fail("name_taken");
    }
    throw error;
  }
}
