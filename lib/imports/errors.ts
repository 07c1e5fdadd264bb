/** One thing wrong with a file, so that whoever made it can find and mend it. */
export interface ImportFault {
  file: string;
  /** From 1; the header is line 1. Absent when the file as a whole is at fault. */
  line?: number;
  column?: string;
  /** One sentence: what is wrong and what it should be. Never a whole tax id. */
  reason: string;
}

/** A file was refused as a whole; nothing was changed. */
export class ImportRefusedError extends Error {
  override name = "ImportRefusedError";

  constructor(readonly faults: ImportFault[]) {
    super(faults[0] ? faultSentence(faults[0]) : "the file was refused");
  }
}

/** `contracts.csv, line 7, column starts_on: "2026-02-30" is not a date …` */
export function faultSentence({ file, line, column, reason }: ImportFault): string {
  const place = [file, line ? `line ${line}` : "", column ? `column ${column}` : ""];
  return `${place.filter(Boolean).join(", ")}: ${reason}`;
}
