import { eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { importFaults, imports } from "@/db/schema";
import type { ImportRefusedError } from "../errors";
import type { ImportInput, ImportKind, Source } from "../kind";
import { rejectedRows } from "../rejected-rows";

/** Rows of faults in one statement. */
const CHUNK = 1_000;
/** Keeps an import's faults, each with its row as it stands in the file and the cell that is wrong. */
export async function keepFaults<Input extends ImportInput>(
  db: Transaction,
  { formatOf }: Pick<ImportKind<Input>, "formatOf">,
  { importId, input }: Source<Input>,
  { all, count }: ImportRefusedError,
): Promise<void> {
  const format = formatOf ? await formatOf(input) : {};
  const found = format ? await rejectedRows(input.file, format, all) : new Map();
  for (let from = 0; from < all.length; from += CHUNK) {
    await db.insert(importFaults).values(
      all.slice(from, from + CHUNK).map((fault, at) => {
        const row = found.get(fault);
        return {
          importId,
          ordinal: from + at + 1,
          file: fault.file,
          line: fault.line ?? null,
          column: fault.column ?? null,
          value: row?.value ?? null,
          reason: fault.reason,
          raw: row?.raw ?? null,
        };
      }),
    );
  }
  await db.update(imports).set({ faults: count }).where(eq(imports.id, importId));
}
