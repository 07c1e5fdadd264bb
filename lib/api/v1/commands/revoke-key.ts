import { and, eq, isNull, sql } from "drizzle-orm";
import { apiKeys } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";

/**
 * Ends a key at once; twice it is ended once.
 * @throws {NotFoundError} if there is none
 */
export async function revokeKey(
  ctx: Context<SystemActor>,
  id: string,
): Promise<{ name: string; already: boolean }> {
  return await inTransaction(ctx, async (tx) => {
    const [revoked] = await tx.db
      .update(apiKeys)
      .set({ revokedAt: sql`clock_timestamp()` })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning({ name: apiKeys.name, companyId: apiKeys.companyId });
    if (revoked) {
      await recordAudit(tx, {
        action: "revoked_api_key",
        companyId: revoked.companyId ?? undefined,
        subjectKind: "api_key",
        subjectId: id,
        detail: { name: revoked.name },
      });
      return { name: revoked.name, already: false };
    }
    const [found] = await tx.db
      .select({ name: apiKeys.name })
      .from(apiKeys)
      .where(eq(apiKeys.id, id));
    if (!found) {
      throw new NotFoundError(`API key ${id}`);
    }
    return { name: found.name, already: true };
  });
}
