import { eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { importFaults, imports } from "@/db/schema";
import { csvRecords } from "../csv-records";
import { apart, FaultList, type ImportFault, ImportRefusedError } from "../errors";
import type { Source } from "../kind";

/** Rows of faults in one statement. */
const CHUNK = 1_000;
/** A cell or row as it is kept: enough to find it. */
const RAW_MAX = 4_000;

interface Found {
  value?: string;
  raw: string;
}

/** Keeps an import's faults, each with its row as it stands in the file and the cell that is wrong. */
export async function keepFaults(
  db: Transaction,
  { importId, input }: Source,
  { all, count }: ImportRefusedError,
): Promise<void> {
  const found = await rowsOf(input.file, all);
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

/** The rows of a CSV file that faults name; what cannot be read as one has none. */
async function rowsOf(file: string, all: ImportFault[]): Promise<Map<ImportFault, Found>> {
  const found = new Map<ImportFault, Found>();
  const byLine = new Map<number, ImportFault[]>();
  for (const fault of all) {
    if (fault.line !== undefined) {
      byLine.set(fault.line, [...(byLine.get(fault.line) ?? []), fault]);
    }
  }
  let header: string[] = [];
  let left = byLine.size;
  try {
    for await (const records of csvRecords(file, new FaultList(""))) {
      for (const record of records) {
        const { line } = record;
        header = line === 1 ? record.cells : header;
        const here = byLine.get(line) ?? [];
        const raw = here.length > 0 ? apart(record.cells.join(";").slice(0, RAW_MAX)) : "";
        for (const fault of here) {
          const at = header.indexOf(fault.column ?? "");
          found.set(fault, {
            raw,
            value: at < 0 ? undefined : apart(record.cell(at).slice(0, RAW_MAX)),
          });
        }
        left -= byLine.has(line) ? 1 : 0;
      }
      if (left === 0) {
        break;
      }
    }
  } catch (error) {
    // It is not read any further than it was before.
    if (!(error instanceof ImportRefusedError)) {
      throw error;
    }
  }
  return found;
}
