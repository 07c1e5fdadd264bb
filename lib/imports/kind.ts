import type { SQL } from "drizzle-orm";
import type { IMPORT_KINDS, ImportOptions } from "@/db/schema";
import type { Filled } from "@/db/statistics";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context, TxContext } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import type { CsvFormat } from "./csv-records";
import type { FaultList } from "./errors";
import type { StagedColumns, StagedRow, Staging } from "./staging";

/** What an import did; every row of the file is in exactly one of the last three. */
export interface ImportOutcome {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
}

/** How far an import is; `of` is unknown (0) while the file is still being read. */
export type ImportProgress = (
  step: "reading" | "checking" | "applying",
  progress: { done: number; of: number },
) => void;

export interface ImportInput {
  /** The company's slug. */
  company: string;
  /** A path. */
  file: string;
  /** Of bills: the folder or ZIP file with the PDFs that the column `document` names. */
  documents?: string;
  /** Checks and counts, and changes nothing. */
  dryRun?: boolean;
  /** Told once, of the import that is kept of it. */
  onReceived?: (importId: string) => void;
  onProgress?: ImportProgress;
  /** Once it aborts, no further share is read and no further batch begins: the import is gone on with later. */
  stop?: AbortSignal;
}

/** What a kind's steps are given. */
export interface Source<Input extends ImportInput = ImportInput> {
  company: Company;
  faults: FaultList;
  importId: string;
  input: Input;
}

type Tx = TxContext<SystemActor>;

/** Something changed between the checks and their application: the file is to be checked once more. */
export class StaleChecksError extends Error {
  override name = "StaleChecksError";
}

/** Does what writes rows that nobody else should have written meanwhile. @throws {StaleChecksError} if somebody did */
export async function orStale<T>(unique: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // PostgreSQL's own error is the cause of Drizzle's. A partition's constraint begins with its table's name.
    const { cause } = error as { cause?: { code?: string; constraint_name?: string } };
    throw cause?.code === "23505" && cause.constraint_name?.startsWith(unique)
      ? new StaleChecksError()
      : error;
  }
}

/** How files of one kind are read, checked and applied; `carry-out.ts` does the rest. */
export interface ImportKind<Input extends ImportInput> {
  name: (typeof IMPORT_KINDS)[number];
  /** The kind whose imports it waits for as for its own. */
  lockAs?: (typeof IMPORT_KINDS)[number];
  /** Imports with the same number wait for each other. */
  lockOf(company: Company): number;
  /** What the record keeps of the input, so that somebody else can carry it out. */
  optionsOf(input: Input): ImportOptions;
  columns: StagedColumns;
  /** How its files are written, for the rows that are kept of a rejected one; null: not as CSV. As ours where absent. */
  formatOf?(input: Input): Promise<CsvFormat | null>;
  /** The tables it fills. */
  fills: readonly Filled[];
  /** Whether another process may go on with what was checked; else it checks again. True where absent. */
  outlives?(input: Input): boolean;
  /** Rows that are applied in one transaction; null: all of them, since a freeze must see all or none. */
  batchRows: number | null;
  /**
   * Batches that may be under way at once, on a connection each: of what one writes or locks, another touches nothing. 1
   * where absent.
   */
  batchesAtOnce?(input: Input): number;
  /** Reads the file, some rows at a time; faults of single rows go to the source's, and the row is left out. */
  read(source: Source<Input>): AsyncGenerator<StagedRow[]>;
  /** Adds what is wrong with the whole, and says the fate of each row. Changes nothing but the staged rows. */
  check(tx: Tx, source: Source<Input>, staging: Staging): Promise<void>;
  /** Once checked, before anything is applied, in transactions of its own. */
  prepare?(ctx: Context<SystemActor>, source: Source<Input>, staging: Staging): Promise<void>;
  /**
   * Applies one batch, `read` of whose lines may have been kept.
   * @returns keys of the storage to which nothing refers once this is committed
   * @throws {StaleChecksError} if that is not possible any more
   */
  apply(tx: Tx, source: Source<Input>, batch: SQL, read: SQL): Promise<string[]>;
  /** In the transaction of the last batch. */
  finish?(tx: Tx, source: Source<Input>, outcome: ImportOutcome, staging: Staging): Promise<void>;
  /** After the import came to any end in this process, rows left unapplied included. */
  ended?(source: Source<Input>): Promise<void>;
  /** Which bytes a path stands for, where that may be more than one file: their SHA-256 and how many. */
  fingerprint?(path: string, faults: FaultList): Promise<{ sha256: string; bytes: number }>;
}
