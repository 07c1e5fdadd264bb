import { crc32 } from "node:zlib";
import { type FaultList, shown } from "../errors";

/** A file of e-invoices, by its plain name. A chunk of it is good until the next one is asked for. */
export interface InvoiceFile {
  name: string;
  content: AsyncIterable<Buffer>;
}

/** Every `of`-th file, from the `nth` on (from 0). */
export interface Share {
  nth: number;
  of: number;
  /** The files of a folder, as `invoiceNames` gave them once for all shares. */
  names?: string[];
}

/** Bytes of one file: an invoice with a PDF of 20 MB in base64. */
export const FILE_MAX = 50 * 1024 * 1024;

/** Invoices by their name, signed ones too: those are told of and not passed over. What macOS adds is none. */
export const isInvoice = (name: string) =>
  /\.(xml|p7m)$/i.test(name) && !/(^|\/)(__MACOSX\/|\._)/.test(name);

/**
 * A file's name is kept and shown: PostgreSQL takes no NUL, and a terminal obeys others.
 * @throws {ImportRefusedError} if there is such a character in it
 */
export function checkName(name: string, faults: FaultList): void {
  if (/\p{Cc}/u.test(name)) {
    faults.refuse({ reason: `the name of ${shown(name)} has control characters; give it another` });
  }
}

/**
 * A file's bytes, and no more than one may have; their checksum where one is known.
 * @throws {ImportRefusedError} if there are more; what `damaged` makes of an error, or of another checksum
 */
export async function* limited(
  content: AsyncIterable<Buffer>,
  faults: FaultList,
  damaged: (error: unknown) => unknown = (error) => error,
  checksum?: number,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let sum = 0;
  const iterator = content[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        throw damaged(error);
      });
      if (next.done) {
        break;
      }
      sum = checksum === undefined ? 0 : crc32(next.value, sum);
      bytes += next.value.length;
      if (bytes > FILE_MAX) {
        faults.refuse({ reason: "has more than 50 MB" });
      }
      yield next.value;
    }
    if (checksum !== undefined && sum !== checksum) {
      throw damaged(new Error("a file in it is not what it was"));
    }
  } finally {
    await iterator.return?.();
  }
}
