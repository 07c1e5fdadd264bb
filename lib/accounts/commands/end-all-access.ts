import { and, gt, inArray, isNull, sql } from "drizzle-orm";
import { customerTokens, sessions, tokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { anybodysAccounts } from "../scope";

export interface EndedAccess {
  sessions: number;
  /** Mailed links that set a password. */
  links: number;
  customerTokens: number;
}

/**
 * Ends everybody's sessions, links that set a password, and customers' tokens: a restored database does not know
 * which of them were ended since. Links that confirm an address stay: they prove what is still so. Audited.
 */
export async function endAllAccess(ctx: Context<SystemActor>): Promise<EndedAccess> {
  return await inTransaction(ctx, async (tx) => {
    const { db } = tx;
    const anybodys = anybodysAccounts(tx.actor);
    const now = sql`clock_timestamp()`;
    const signedIn = await db
      .update(sessions)
      .set({ endedAt: now })
      .where(and(anybodys, isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
      .returning({ id: sessions.id });
    const links = await db
      .update(tokens)
      .set({ expiresAt: now })
      .where(
        and(
          anybodys,
          inArray(tokens.purpose, ["reset_password", "staff_password"]),
          isNull(tokens.usedAt),
          gt(tokens.expiresAt, now),
        ),
      )
      .returning({ id: tokens.id });
    const programs = await db
      .update(customerTokens)
      .set({ revokedAt: now })
      .where(and(anybodys, isNull(customerTokens.revokedAt)))
      .returning({ id: customerTokens.id });
    const ended = {
      sessions: signedIn.length,
      links: links.length,
      customerTokens: programs.length,
    };
    await recordAudit(tx, {
      action: "ended_all_access",
      subjectKind: "installation",
      detail: { ...ended },
    });
    return ended;
  });
}
