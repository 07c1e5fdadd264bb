/** A codice fiscale within a sentence. */
const PERSON =
  /(?<![A-Z0-9])[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z](?![A-Z0-9])/gi;

/** One thing wrong with a file, so that whoever made it can find and mend it. */
export interface ImportFault {
  file: string;
  /** From 1; the header is line 1. Absent when the file as a whole is at fault. */
  line?: number;
  column?: string;
  /** One sentence: what is wrong and what it should be. Never a whole tax id or IBAN. */
  reason: string;
}

/** What a cell or a PDF should be; it becomes a fault with file, line and column. */
export class CellError extends Error {
  override name = "CellError";
}

/** How many faults of a file a message names; the rest are counted. */
const FAULTS_SHOWN = 100;

/** How many are kept for the list that can be downloaded; a file with more is of another kind. */
const FAULTS_KEPT = 100_000;

/** A file was refused as a whole; nothing was changed. */
export class ImportRefusedError extends Error {
  override name = "ImportRefusedError";
  /** The first faults, by line. */
  readonly faults: ImportFault[];
  /** The import that keeps all of them. */
  importId?: string;

  /** `all` are those that are kept, by line; `count` is how many there were. */
  constructor(
    readonly all: ImportFault[],
    readonly count = all.length,
  ) {
    super(all[0] ? faultSentence(all[0]) : "the file was refused");
    this.faults = all.slice(0, FAULTS_SHOWN);
  }

  /** Faults that are not among the first. */
  get more(): number {
    return this.count - this.faults.length;
  }
}

/** Control characters, and those that change how others are shown. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Gathers what is wrong with one file, so that all of it can be mended at once. */
export class FaultList {
  /** `file` is named in every fault by its last part. */
  constructor(
    readonly file: string,
    private readonly kept: { faults: ImportFault[]; count: number } = { faults: [], count: 0 },
  ) {}

  /** The same list, for a file within the one that was given. */
  within(file: string): FaultList {
    return new FaultList(file, this.kept);
  }

  add(fault: Omit<ImportFault, "file">): void {
    this.kept.count += 1;
    if (this.kept.faults.length < FAULTS_KEPT) {
      // Whatever column it stands in: numbers that a check names may be somebody's tax id, and turn a line round.
      const reason = fault.reason
        .replace(UNSEEN, " ")
        .replace(PERSON, (taxId) => `•••${taxId.slice(-3)}`);
      this.kept.faults.push({ file: this.file, ...fault, reason });
    }
  }

  get isEmpty(): boolean {
    return this.kept.count === 0;
  }

  /** What was gathered so far. */
  get all(): readonly ImportFault[] {
    return this.kept.faults;
  }

  /** The file cannot be read any further. */
  refuse(fault: Omit<ImportFault, "file">): never {
    throw this.refusal(fault);
  }

  /** Adds a last fault; what is to be thrown. */
  refusal(fault: Omit<ImportFault, "file">): ImportRefusedError {
    this.add(fault);
    return this.toError();
  }

  /** @throws {ImportRefusedError} with every fault, by line, if there is one. */
  throwIfAny(): void {
    if (!this.isEmpty) {
      throw this.toError();
    }
  }

  private toError(): ImportRefusedError {
    const byLine = this.kept.faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    return new ImportRefusedError(byLine, this.kept.count);
  }
}

/** `contracts.csv, line 7, column starts_on: "2026-02-30" is not a date …` */
export function faultSentence({ file, line, column, reason }: ImportFault): string {
  const place = [file, line ? `line ${line}` : "", column ? `column ${column}` : ""];
  return `${place.filter(Boolean).join(", ")}: ${reason}`;
}

/** Codice fiscale, 11 digits, IBAN, also with spaces: whoever reads a log or a screen needs none of them. */
const SECRET =
  /[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]|(?<!\d)\d{11}(?!\d)|[A-Z]{2}\d{2}[A-Z0-9]{12,30}/i;

/** Part of an e-mail address: what stands around its sign. */
const ADDRESS = /[^\s@]@[^\s@]/;
/** All of one in a sentence; a part that is longer than any address is left. */
const WHOLE_ADDRESS = /[^\s@"'<>()]{1,64}@[^\s@"'<>()]{1,255}/g;

/** The same text, which does not hold the whole piece of a file that it was cut from in memory. */
export const apart = (text: string): string => Buffer.from(text).toString();

/**
 * A file's text as a message may show it: short, on one line, without control characters; of a tax id, an IBAN or
 * an e-mail address the last three characters.
 */
export function shown(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
  if (SECRET.test(line.replace(/[\s.-]/g, "")) || ADDRESS.test(line)) {
    return `"•••${line.trim().slice(-3)}"`;
  }
  return apart(`"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`);
}

/** A sentence that somebody else's program wrote, without what is nobody's business. */
export function discreet(sentence: string): string {
  return sentence.replace(WHOLE_ADDRESS, "•••").replace(new RegExp(SECRET.source, "gi"), "•••");
}
