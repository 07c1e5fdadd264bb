/** A bill has a few pages; what is larger is a mistake of the export. */
export const PDF_MAX_BYTES = 20 * 1024 * 1024;

const MAGIC = Buffer.from("%PDF-");

/** Whether bytes begin as a PDF does. */
export const startsAsPdf = (content: Buffer): boolean =>
  content.subarray(0, MAGIC.length).equals(MAGIC);
