import { and, eq, gt, isNotNull, or, sql } from "drizzle-orm";
import {
  accounts,
  contractLinks,
  deliveryChoices,
  holders,
  importFaults,
  imports,
} from "@/db/schema";
import { normalizeTaxId } from "@/lib/accounts/tax-id";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { pseudonym } from "@/lib/auth/token";

/** Days within which a deletion is looked for; the job comes every hour. */
const SWEPT_DAYS = 3;
/** Rows that are read at once. */
const CHUNK = 1_000;

/**
 * R7: rows of rejected files, sent before an account was deleted, that hold an address or the tax id of its owner are
 * emptied; what was wrong with them, and where, stays. Repeatable.
 */
export async function forgetDeletedRows(ctx: Context<SystemActor>): Promise<void> {
  const deleted = await lately(ctx);
  if (deleted.size === 0) {
    return;
  }
  let after = { importId: "00000000-0000-0000-0000-000000000000", ordinal: 0 };
  for (;;) {
    const rows = await inTransaction(ctx, ({ db }) =>
      db
        .select({
          importId: importFaults.importId,
          ordinal: importFaults.ordinal,
          text: sql<string>`concat_ws(';', ${importFaults.value}, ${importFaults.raw})`,
          importedAt: imports.importedAt,
        })
        .from(importFaults)
        .innerJoin(imports, eq(imports.id, importFaults.importId))
        .where(
          and(
            or(isNotNull(importFaults.raw), isNotNull(importFaults.value)),
            sql`(${importFaults.importId}, ${importFaults.ordinal}) > (${after.importId}::uuid, ${after.ordinal}::int)`,
          ),
        )
        .orderBy(importFaults.importId, importFaults.ordinal)
        .limit(CHUNK),
    );
    const naming = rows.filter(({ text, importedAt }) =>
      wordsOf(text).some((word) => (deleted.get(word) ?? 0) > importedAt.getTime()),
    );
    if (naming.length > 0) {
      await empty(ctx, naming);
    }
    const last = rows.at(-1);
    if (!last || rows.length < CHUNK) {
      return;
    }
    after = last;
  }
}

async function empty(
  ctx: Context<SystemActor>,
  rows: { importId: string; ordinal: number }[],
): Promise<void> {
  const keys = JSON.stringify(rows.map(({ importId, ordinal }) => ({ importId, ordinal })));
  await inTransaction(ctx, async ({ db }) => {
    await db.execute(sql`update import_faults f set value = null, raw = null
      from jsonb_to_recordset(${keys}::jsonb) as k("importId" uuid, ordinal int)
      where f.import_id = k."importId" and f.ordinal = k.ordinal`);
  });
}

/** When accounts were deleted, by the pseudonyms of their addresses and their owners' tax ids. */
async function lately(ctx: Context<SystemActor>): Promise<Map<string, number>> {
  const rows = await inTransaction(ctx, ({ db }) =>
    db
      .selectDistinct({
        deletedAt: accounts.deletedAt,
        login: accounts.email,
        taxId: holders.taxId,
        chosen: deliveryChoices.email,
      })
      .from(accounts)
      .innerJoin(holders, eq(holders.id, accounts.holderId))
      .leftJoin(
        contractLinks,
        and(
          eq(contractLinks.accountId, accounts.id),
          eq(contractLinks.endedBecause, "account_deleted"),
        ),
      )
      .leftJoin(
        deliveryChoices,
        and(
          eq(deliveryChoices.companyId, contractLinks.companyId),
          eq(deliveryChoices.contractId, contractLinks.contractId),
          sql`${deliveryChoices.email} like 'deleted-%'`,
        ),
      )
      .where(gt(accounts.deletedAt, sql`clock_timestamp() - make_interval(days => ${SWEPT_DAYS})`)),
  );
  const found = new Map<string, number>();
  for (const { deletedAt, ...names } of rows) {
    for (const name of Object.values(names)) {
      if (name !== null && deletedAt !== null) {
        found.set(name, deletedAt.getTime());
      }
    }
  }
  return found;
}

/** What stands in a row, as deletions leave it: addresses as their pseudonyms, tax ids as they are compared. */
const wordsOf = (text: string): string[] =>
  text
    .split(/[;,\t\n"<>]/)
    .filter((cell) => cell !== "" && cell.length < 300)
    .map((cell) =>
      cell.includes("@")
        ? pseudonym(cell.normalize("NFKC").trim().toLowerCase())
        : normalizeTaxId(cell),
    );
