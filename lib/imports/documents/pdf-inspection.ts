import { getDocumentProxy } from "unpdf";
import { showsBillNumber } from "./bill-number-in-text";
import { examineObjects, PdfRefusal } from "./pdf-objects";

const PAGES_MAX = 50;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * Why a PDF may not go to the customer of this bill, as it goes on after "the PDF"; null if it may. Trusts nothing in
 * it: whoever calls bounds time and memory.
 */
export async function pdfFault(content: Buffer, billNumber: string): Promise<string | null> {
  try {
    examineObjects(content);
    await inspectDocument(content, billNumber);
    return null;
  } catch (error) {
    if (error instanceof PdfRefusal) {
      return error.message;
    }
    if (error instanceof Error && error.name === "PasswordException") {
      return "is encrypted; export it without a password or restrictions";
    }
    return "cannot be read; export it again";
  }
}

async function inspectDocument(content: Buffer, billNumber: string): Promise<void> {
  // A copy: the reader keeps what it is given.
  const pdf = await getDocumentProxy(new Uint8Array(content), { verbosity: 0, enableXfa: false });
  try {
    await requireHarmless(pdf);
    if (pdf.numPages < 1 || pdf.numPages > PAGES_MAX) {
      throw new PdfRefusal(`has ${pdf.numPages} pages, and a bill has 1 to ${PAGES_MAX}`);
    }
    await requireNumber(pdf, billNumber);
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** A second opinion: what the reader itself finds. */
async function requireHarmless(pdf: PdfDocument): Promise<void> {
  if ((await pdf.getJSActions()) !== null) {
    throw new PdfRefusal("holds JavaScript; a bill may not, export it without");
  }
  if ((await pdf.getAttachments()) !== null) {
    throw new PdfRefusal("holds an embedded file; a bill may not, export it without");
  }
}

async function requireNumber(pdf: PdfDocument, billNumber: string): Promise<void> {
  let empty = true;
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    const text = items
      .map((item) => ("str" in item ? `${item.str}${item.hasEOL ? "\n" : ""}` : ""))
      .join("");
    if (showsBillNumber(text, billNumber)) {
      return;
    }
    empty &&= text.trim() === "";
    page.cleanup();
  }
  throw new PdfRefusal(
    empty
      ? "has no text (a scan?), so nobody can tell whose bill it is; export it as text"
      : "does not show this bill's number; compare bill_number and document",
  );
}
