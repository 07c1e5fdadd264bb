import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { RefusalError } from "@/lib/errors";
import type { FaultList } from "../errors";
import { programArguments } from "../program";
import { invoiceNames } from "./invoice-folder";
import type { InvoicePiece, InvoiceSource } from "./invoice-rows";
import type { ReadAnswer, ReadOrder } from "./read-process";

const READER = "e-invoices/read-process";

/** Whether the program that reads was brought along: to a function of Vercel it is not. */
export const canReadAtOnce = (): boolean => programArguments(READER) !== null;

/**
 * Pieces that a process may read ahead of who takes them: few while heavy ones come, with a PDF of 20 MB or as many
 * lines as an invoice may have, and more of plain rows.
 */
const AHEAD = { first: 2, most: 8 };
/** Bytes from which on a piece is heavy. */
const HEAVY = 1024 * 1024;

/**
 * The same pieces in the same order as `invoicePieces`, read by several processes: parsing is most of the work, and
 * one thread does one file at a time. Each of `processes` has every so many-th file.
 * @throws what `invoicePieces` throws; {Error} if a process is lost
 */
export async function* piecesReadAtOnce(
  source: InvoiceSource,
  faults: FaultList,
  processes: number,
): AsyncGenerator<InvoicePiece> {
  // Looked at once: a file that comes or goes meanwhile would shift the shares against each other.
  const names = await invoiceNames(source.path);
  const readers: Reader[] = [];
  try {
    for (let nth = 0; nth < processes; nth += 1) {
      readers.push(new Reader({ source, share: { nth, of: processes, names } }));
    }
    for (let file = 0; ; ) {
      const { faults: found, piece, error } = await (readers[file % processes] as Reader).next();
      for (const { file: where, ...fault } of found) {
        faults.within(where || faults.file).add(fault);
      }
      if (error?.kind === "refused") {
        faults.throwIfAny();
      }
      if (error) {
        throw error.kind === "refusal" ? new RefusalError(error.message) : new Error(error.message);
      }
      // Whose turn it is has no file left: nobody has.
      if (!piece) {
        return;
      }
      yield piece;
      file += piece.isLast ? 1 : 0;
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.end()));
  }
}

/** How many pieces may be read ahead once this one was taken. */
export function aheadAfter(ahead: number, piece: InvoicePiece | undefined): number {
  const isHeavy =
    (piece?.cells.length ?? 0) >= HEAVY || piece?.invoices.some(({ pdf }) => pdf !== null);
  return isHeavy ? AHEAD.first : Math.min(AHEAD.most, ahead + 1);
}

/** A process with its share of the files. */
class Reader {
  private readonly child: ChildProcess;
  private readonly answers: ReadAnswer[] = [];
  private waiting: { resolve(answer: ReadAnswer): void; reject(error: Error): void } | undefined;
  private isGone = false;
  private ahead = AHEAD.first;
  /** Answers that were asked for and not yet taken. */
  private asked = 0;

  constructor(order: ReadOrder) {
    this.child = spawn(
      process.execPath,
      [
        // Its memory is short-lived: fewer collections, and none by threads that take the others' processors.
        "--max-semi-space-size=16",
        "--single-threaded-gc",
        ...(programArguments(READER) ?? []),
      ],
      {
        serialization: "advanced",
        // It reads what strangers made: it knows no secret.
        env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV },
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    this.child.on("message", (answer: ReadAnswer) => this.hear(answer));
    for (const end of ["error", "exit"]) {
      this.child.on(end, () => this.lost());
    }
    this.send(order);
    this.ask();
  }

  async next(): Promise<ReadAnswer> {
    const answer =
      this.answers.shift() ??
      (await new Promise<ReadAnswer>((resolve, reject) => {
        this.waiting = { resolve, reject };
        if (this.isGone) {
          this.lost();
        }
      }));
    this.asked -= 1;
    this.ahead = aheadAfter(this.ahead, answer.piece);
    this.ask();
    return answer;
  }

  private ask(): void {
    for (; this.asked < this.ahead; this.asked += 1) {
      this.send("next");
    }
  }

  async end(): Promise<void> {
    if (!this.isGone) {
      this.child.kill("SIGKILL");
      await once(this.child, "exit");
    }
  }

  /** When the process is gone, `lost` tells. */
  private send(message: ReadOrder | "next"): void {
    if (!this.isGone) {
      this.child.send(message, () => {});
    }
  }

  private hear(answer: ReadAnswer): void {
    if (this.waiting) {
      this.waiting.resolve(answer);
      this.waiting = undefined;
    } else {
      this.answers.push(answer);
    }
  }

  private lost(): void {
    this.isGone = true;
    this.waiting?.reject(new Error("a process that reads e-invoices was lost; import them again"));
    this.waiting = undefined;
  }
}
