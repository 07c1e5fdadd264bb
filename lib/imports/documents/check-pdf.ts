import { CellError } from "../errors";
import { PDF_MAX_BYTES, startsAsPdf } from "./document-limits";
import { askChecker, closeCheckers } from "./pdf-checkers";

/**
 * Looks whether a PDF may go to the customer of this bill: it can be read, has 1 to 50 pages and at most 20 MB, is not
 * encrypted, holds nothing that acts by itself, and shows the bill's number in its text. In a process of its own, for
 * at most 5 seconds and 300 MB, two at a time.
 * @throws {CellError} with the reason
 */
export async function checkPdf(
  content: Buffer,
  { billNumber }: { billNumber: string },
): Promise<void> {
  if (!startsAsPdf(content)) {
    throw new CellError("the PDF is none: it does not begin with %PDF-");
  }
  if (content.length > PDF_MAX_BYTES) {
    throw new CellError("the PDF has more than 20 MB");
  }
  const fault = await askChecker({ content, billNumber });
  if (fault !== null) {
    throw new CellError(`the PDF ${fault}`);
  }
}

/** Ends the processes that `checkPdf` started. */
export async function closePdfChecks(): Promise<void> {
  await closeCheckers();
}
