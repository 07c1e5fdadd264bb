import { Readable } from "node:stream";
import { companyMeant, type Operator } from "./operator";
import { toScreen, writeWhole } from "./whole-file";

export interface ExportOptions {
  company?: string;
  all?: boolean;
  output?: string;
}

/** How things that are handed out once each are read, written and called. */
interface Handed<Row> {
  /** Reads them, has them written, and marks them. */
  hand: (choice: {
    company?: string;
    all?: boolean;
    write: (rows: Row[]) => Promise<void>;
  }) => Promise<number>;
  lines: (rows: Row[]) => Iterable<string>;
  /** `requests`: their name for machines, and for people `1 request`. */
  name: string;
  one: string;
}

/** Hands things to the back office: to a file, to the screen, or in one line of JSON. */
export async function exportOnce<Row>(
  operator: Operator,
  { all, output, ...options }: ExportOptions,
  { hand, lines, name, one }: Handed<Row>,
): Promise<void> {
  const company = options.company === undefined ? undefined : await companyMeant(operator, options);
  let told: Row[] = [];
  const count = await hand({
    ...{ company, all },
    write: async (rows) => {
      if (output !== undefined) {
        // What stands there from the last time may not have been read yet.
        if (rows.length > 0) {
          await writeWhole(output, Readable.from(lines(rows)));
        }
      } else if (operator.json) {
        told = rows;
      } else {
        await toScreen(Readable.from(lines(rows)));
      }
    },
  });
  if (output !== undefined && count === 0) {
    operator.answer({ [name]: 0, output: null }, [
      `There is no ${one} to export; ${output} was not written.`,
    ]);
  } else if (output !== undefined) {
    const words = count === 1 ? `1 ${one}` : `${count} ${one}s`;
    operator.answer({ [name]: count, output }, [`Wrote ${words} to ${output}.`]);
  } else if (operator.json) {
    operator.answer({ [name]: told }, []);
  }
}
