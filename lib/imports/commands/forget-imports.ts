import { and, eq, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { removeDocuments } from "@/lib/storage/document-storage";
import { forgetStored } from "./store-pdfs";

/** Days that an upload stays after its import has ended, or waits to be applied. */
const UPLOAD_DAYS = 7;
/** Days that rows of rejected files, and what a revert needs, stay. */
const ROWS_DAYS = 30;

const older = (days: number) => sql`clock_timestamp() - make_interval(days => ${days})`;

/**
 * Forgets what imports leave behind: rows of rejected files, uploads, documents as they were before, and
 * staged rows of imports that were given up. Repeatable.
 */
export async function forgetImports(ctx: Context<SystemActor>): Promise<void> {
  await inTransaction(ctx, async ({ db }) => {
    await db
      .update(imports)
      .set({
        state: "cancelled",
        failure: "It waited too long to be applied.",
        finishedAt: sql`clock_timestamp()`,
      })
      .where(
        and(
          eq(imports.state, "checked"),
          // A dry run at the shell is over when it has told what it would do.
          isNotNull(imports.storageKey),
          lt(imports.importedAt, older(UPLOAD_DAYS)),
        ),
      );
    await db.execute(sql`delete from import_faults f using imports i
      where i.id = f.import_id and i.imported_at < ${older(ROWS_DAYS)}`);
  });
  await forgetUploads(ctx);
  await forgetBefore(ctx);
  await sweepStaging(ctx);
}

async function forgetUploads(ctx: Context<SystemActor>): Promise<void> {
  const ended = await ctx.db
    .select({ id: imports.id })
    .from(imports)
    .where(
      and(
        inArray(imports.state, ["done", "failed", "cancelled"]),
        isNotNull(imports.storageKey),
        lt(imports.finishedAt, older(UPLOAD_DAYS)),
      ),
    );
  for (const { id } of ended) {
    await inTransaction(ctx, async ({ db }) => {
      // Locked and read again: another import may just be taking over the ZIP with its PDFs.
      const [kept] = await db
        .select({ storageKey: imports.storageKey, documentsKey: imports.documentsKey })
        .from(imports)
        .where(eq(imports.id, id))
        .for("update");
      await removeDocuments(
        [kept?.storageKey, kept?.documentsKey].filter((key) => typeof key === "string"),
      );
      await db
        .update(imports)
        .set({ storageKey: null, documentsKey: null })
        .where(eq(imports.id, id));
    });
  }
}

/** A PDF that was replaced goes with the last record that could bring it back. */
async function forgetBefore(ctx: Context<SystemActor>): Promise<void> {
  const keys = await inTransaction(ctx, async ({ db }) => {
    const rows = await db.execute<{
      key: string | null;
    }>(sql`delete from import_before b using imports i
      where i.id = b.import_id and (i.imported_at < ${older(ROWS_DAYS)} or exists (
        select from invoicing_runs r where r.company_id = i.company_id and r.id = i.run_id
          and r.state in ('published', 'closed', 'cancelled')))
      returning b.before -> 'document' ->> 'storage_key' as key`);
    const old = rows.flatMap(({ key }) => (key === null ? [] : [key]));
    if (old.length === 0) {
      return [];
    }
    const used = await db.execute<{ key: string }>(sql`
      select storage_key as key from documents
      where storage_key in (select json_array_elements_text(${JSON.stringify(old)}::json))
      union select before -> 'document' ->> 'storage_key' from import_before
      where before -> 'document' ->> 'storage_key'
        in (select json_array_elements_text(${JSON.stringify(old)}::json))`);
    const kept = new Set(used.map(({ key }) => key));
    return old.filter((key) => !kept.has(key));
  });
  await removeDocuments(keys);
}

/** Tables of imports that are no longer carried out, with the PDFs that their last batch had stored. */
async function sweepStaging(ctx: Context<SystemActor>): Promise<void> {
  const left = await ctx.db.execute<{ name: string; cursor: number }>(sql`
    select c.relname as name, coalesce(i.cursor, 0) as cursor
    from pg_class c
    left join imports i on 'import_' || replace(i.id::text, '-', '') = regexp_replace(c.relname, '_(next|read)$', '')
    where c.relnamespace = 'staging'::regnamespace and c.relkind = 'r'
      and (i.state is null or i.state not in ('received', 'checking', 'applying'))`);
  for (const { cursor, ...table } of left) {
    const name = table.name.replaceAll('"', "");
    await forgetStored(ctx, { name, cursor });
    await ctx.db.execute(sql`drop table if exists staging.${sql.identifier(name)}`);
  }
}
