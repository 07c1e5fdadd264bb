import type { CsvRecord } from "./csv-record";
import type { FaultList } from "./errors";
import { PlainLines } from "./plain-lines";
import { QuotedLines } from "./quoted-lines";
import { utf8Text } from "./text-file";

/** How a CSV file is written. */
export interface CsvFormat {
  delimiter?: string;
  /** Spreadsheets write ="00123", a quote in the middle of a cell. */
  excelText?: boolean;
}

/**
 * The records of a CSV file as they stand there, header included, those of a piece of the file at a time:
 * a promise for each would be dearer than its parsing. Up to the first quotation mark lines and cells are
 * what stands between their marks, five times as fast as the library, which reads the rest.
 * @throws {ImportRefusedError} if the file cannot be read on: no such file, not UTF-8, a quote left
 *   open.
 */
export async function* csvRecords(
  path: string,
  faults: FaultList,
  { delimiter = ";", excelText = false }: CsvFormat = {},
): AsyncGenerator<CsvRecord[]> {
  const plain = new PlainLines(delimiter, faults);
  let quoted: QuotedLines | undefined;
  try {
    for await (const text of utf8Text(path, faults)) {
      if (quoted) {
        yield* read(await quoted.feed(text));
      } else if (text.includes('"')) {
        const { line, rest } = plain;
        quoted = new QuotedLines({ delimiter, relax_quotes: excelText }, line, faults);
        yield* read(await quoted.feed(rest + text));
      } else {
        yield plain.feed(text);
      }
    }
    if (quoted) {
      yield* read(await quoted.feed());
    } else {
      yield plain.feed("\n");
    }
  } finally {
    quoted?.parser.destroy();
  }
}

/** What was read before an error comes before it. */
function* read({ records, error }: { records: CsvRecord[]; error?: Error }) {
  yield records;
  if (error) {
    throw error;
  }
}
