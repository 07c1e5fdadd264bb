import PDFDocument from "pdfkit";
import { type BillPdf, billTitle, drawBill } from "./bill-pdf-page";
import { LEFT } from "./bill-pdf-parts";

export type { BillPdf } from "./bill-pdf-page";

/**
 * The bill as a PDF: one A4 page, more when it has very many lines. Tagged, with title and language,
 * text as text. Money as on the page (R27).
 */
export async function renderBillPdf(bill: BillPdf): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    size: "A4",
    margin: LEFT,
    compress: true,
    lang: bill.language,
    tagged: true,
    displayTitle: true,
    pdfVersion: "1.7",
    info: {
      Title: `${billTitle(bill)} – ${bill.company.name}`,
      Author: bill.company.name,
      // Not now: the same bill gives the same bytes.
      CreationDate: new Date(`${bill.issueDate}T00:00:00Z`),
    },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", resolve);
    pdf.on("error", reject);
  });
  drawBill(pdf, bill);
  pdf.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}
