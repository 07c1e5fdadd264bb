import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Connection } from "@/db/client";
import { type BodyParts, eInvoice } from "../factories/e-invoices";

/** Invoices in a file, lines of each: what a supplier's system writes. */
const BODIES = 50;
export const INVOICE_LINES = 15;

/** Every so many-th file names a supply point that no contract has. */
const UNKNOWN = 10;

/**
 * A folder of so many e-invoices of the contracts that are there, whose numbers begin with `prefix`. With `waiting`
 * some find no contract.
 */
export async function writeInvoices(
  { sql }: Connection,
  folder: string,
  count: number,
  { prefix = "X-", waiting = false } = {},
): Promise<string> {
  await mkdir(folder);
  const contracts = await sql<{ point: string; taxId: string }[]>`
    select c.supply_point as point, h.tax_id as "taxId" from contracts c
    join holders h on h.id = c.holder_id order by c.contract_number`;
  for (let from = 0; from < count; from += BODIES) {
    const file = from / BODIES;
    // A file has one buyer: the invoices of its months.
    const { point, taxId } = contracts[file % contracts.length] ?? { point: "", taxId: "" };
    const bodies = Array.from(
      { length: Math.min(BODIES, count - from) },
      (_, at): BodyParts => ({
        number: `${prefix}${from + at}`,
        point: waiting && file % UNKNOWN === UNKNOWN - 1 ? "IT001E99999999" : point,
        lines: Array.from({ length: INVOICE_LINES }, () => ({
          amount: "6.67",
          quantity: "210.00",
          unit: "kWh",
          from: "2026-04-01",
          to: "2026-04-30",
        })),
      }),
    );
    await writeFile(path.join(folder, `invoices-${from}.xml`), eInvoice({ taxId, bodies }));
  }
  return folder;
}
