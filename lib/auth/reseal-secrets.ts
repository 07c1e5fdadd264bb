import { eq } from "drizzle-orm";
import { secondFactors, webhookSecrets } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "./actor";
import { type Context, inTransaction, type TxContext } from "./context";
import { seal, sealState, unseal } from "./sealed";

/** The tables that keep a secret sealed. */
const SEALED = [secondFactors, webhookSecrets] as const;

export interface SealedSecrets {
  newest: number;
  /** Lost once the earlier secret goes from AUTH_SECRET. */
  earlier: number;
  /** Of another AUTH_SECRET. */
  unreadable: number;
}

/** How many secrets can be read, and with which secret of AUTH_SECRET. */
export async function countSealed(ctx: Context<SystemActor>): Promise<SealedSecrets> {
  const counts: SealedSecrets = { newest: 0, earlier: 0, unreadable: 0 };
  await inTransaction(ctx, async ({ db }) => {
    for (const table of SEALED) {
      for (const { secret } of await db.select({ secret: table.secret }).from(table)) {
        counts[sealState(secret)] += 1;
      }
    }
  });
  return counts;
}

/**
 * Seals again, with the newest secret of AUTH_SECRET, what an earlier one sealed: second factors and the secrets of
 * endpoints. Then the earlier one may go. Repeatable; what cannot be read stays as it is. Audited.
 * @returns how many were sealed anew
 */
export async function resealSecrets(ctx: Context<SystemActor>): Promise<number> {
  return await inTransaction(ctx, async (tx) => {
    let resealed = 0;
    for (const table of SEALED) {
      resealed += await resealTable(tx, table);
    }
    await recordAudit(tx, {
      action: "resealed_secrets",
      subjectKind: "installation",
      detail: { resealed },
    });
    return resealed;
  });
}

async function resealTable(
  { db }: TxContext<SystemActor>,
  table: (typeof SEALED)[number],
): Promise<number> {
  const rows = await db.select({ id: table.id, secret: table.secret }).from(table).for("update");
  const old = rows.filter(({ secret }) => sealState(secret) === "earlier");
  for (const { id, secret } of old) {
    await db
      .update(table)
      .set({ secret: seal(unseal(secret)) })
      .where(eq(table.id, id));
  }
  return old.length;
}
