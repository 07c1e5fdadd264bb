import { RefusalError } from "@/lib/errors";
import { FaultList, type ImportFault, ImportRefusedError } from "../errors";
import type { Share } from "./invoice-file";
import { type InvoicePiece, type InvoiceSource, invoicePieces } from "./invoice-rows";

/** What a process that reads is told first; then it is asked for one piece after the other. */
export interface ReadOrder {
  source: InvoiceSource;
  share: Share;
}

/** Its answer to "next". `faults` are those that came since the last one. */
export interface ReadAnswer {
  faults: ImportFault[];
  /** Absent: there is nothing more. */
  piece?: InvoicePiece;
  /** Reading ended with this; the last of `faults` says why where it is `refused`. */
  error?: { kind: "refused" | "refusal" | "other"; message: string };
}

// A terminal and systemd tell every process of a program; ours are ended by the one that asks.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {});
}
process.on("disconnect", () => process.exit());

process.once("message", ({ source, share }: ReadOrder) => {
  const faults = new FaultList("");
  const pieces = invoicePieces(source, faults, share);
  let told = 0;
  let answered: Promise<void> = Promise.resolve();
  process.on("message", () => {
    answered = answered.then(async () => {
      const answer = await pieces.next().then(
        ({ value, done }) => (done ? {} : { piece: value }),
        (error: unknown) => ({ error: errorOf(error) }),
      );
      const said: ReadAnswer = { ...answer, faults: faults.all.slice(told) };
      // Where nobody hears it any more, "disconnect" is on its way.
      process.send?.(said, () => {});
      told = faults.all.length;
    });
  });
});

function errorOf(error: unknown): ReadAnswer["error"] {
  const { message, stack } = error as Error;
  return error instanceof ImportRefusedError
    ? { kind: "refused", message }
    : error instanceof RefusalError
      ? { kind: "refusal", message }
      : { kind: "other", message: stack ?? message };
}
