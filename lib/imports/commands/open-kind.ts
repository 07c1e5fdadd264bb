import type { IMPORT_KINDS, ImportOptions } from "@/db/schema";
import { RefusalError } from "@/lib/errors";
import type { ImportInput, ImportKind } from "../kind";
import type { BillTarget } from "./bill-target";
import { BILL_LINES } from "./import-bill-lines";
import { billsKind } from "./import-bills";
import { CHOICES } from "./import-choices";
import { CONTRACTS } from "./import-contracts";
import { eInvoicesKind } from "./import-e-invoices";
import { readingsKind } from "./import-readings";

/** A kind with the input that carries one import out. */
export interface Opened {
  kind: ImportKind<ImportInput>;
  input: ImportInput;
}

/** Makes of a kept import's options what its kind needs; the file may be elsewhere by now. */
export function openKind(
  name: (typeof IMPORT_KINDS)[number],
  options: ImportOptions,
  files: { company: string; file: string; documents?: string },
): Opened {
  const { documents, ...rest } = files;
  const input = { ...rest, dryRun: options.dryRun === true };
  switch (name) {
    case "contracts":
      return opened(CONTRACTS, input);
    case "choices":
      return opened(CHOICES, { ...input, origin: options.origin ?? "portal" });
    case "bills":
      return opened(billsKind(), { ...input, documents, target: targetOf(options) });
    case "bill-lines":
      return opened(BILL_LINES, input);
    case "readings":
      return opened(readingsKind(), {
        ...input,
        contractNumber: options.contractNumber,
        layout: options.layout,
      });
    case "e-invoices":
      return opened(eInvoicesKind(), { ...input, target: targetOf(options) });
  }
}

function targetOf({ target, run }: ImportOptions): BillTarget {
  if (target === undefined) {
    throw new RefusalError("Say where the bills go: archive, single, or a run.");
  }
  return target === "run" ? { kind: "run", run: run ?? "" } : { kind: target };
}

/** Kind and input were made for each other here; whoever carries them out needs not know which. */
const opened = <Input extends ImportInput>(kind: ImportKind<Input>, input: Input): Opened => ({
  kind: kind as unknown as ImportKind<ImportInput>,
  input,
});
