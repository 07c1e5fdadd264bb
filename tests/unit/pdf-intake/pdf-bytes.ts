import { deflateSync } from "node:zlib";
import PDFDocument from "pdfkit";

export const NUMBER = "E2026000123";

/** A PDF as pdfkit makes it. */
export async function drawn(
  draw: (pdf: PDFKit.PDFDocument) => void,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const pdf = new PDFDocument(options);
  const chunks: Buffer[] = [];
  const ended = new Promise((resolve) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", resolve);
  });
  draw(pdf);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** A bill of one page, with these texts on lines of their own. */
export const billWith = (...lines: string[]): Promise<Buffer> =>
  drawn((pdf) => {
    for (const line of lines) {
      pdf.text(line);
    }
  });

export const streamOf = (content: Buffer | string, dictionary = ""): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([
    Buffer.from(`<< /Length ${bytes.length} ${dictionary} >>\nstream\n`),
    bytes,
    Buffer.from("\nendstream"),
  ]);
};

export const packedStream = (content: Buffer | string, dictionary = ""): Buffer =>
  streamOf(deflateSync(Buffer.from(content)), `/Filter /FlateDecode ${dictionary}`);

interface Parts {
  /** Further entries of the catalog, the page and the trailer. */
  catalog?: string;
  page?: string;
  trailer?: string;
  /** The page's drawing, instead of one line with the number. */
  content?: Buffer | string;
  /** Further objects, from number 6. */
  objects?: (Buffer | string)[];
}

/** A PDF of one page, object by object: what pdfkit does not write. */
export function written({ catalog, page, trailer, content, objects = [] }: Parts = {}): Buffer {
  const drawing = content ?? `BT /F1 12 Tf 72 700 Td (Bolletta ${NUMBER}) Tj ET`;
  const all = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog ?? ""} >>`,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> ${page ?? ""} >>`,
    typeof drawing === "string" ? streamOf(drawing) : drawing,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...objects,
  ];
  const parts = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets = all.map((object, at) => {
    const offset = parts.reduce((sum, part) => sum + part.length, 0);
    parts.push(Buffer.from(`${at + 1} 0 obj\n`), Buffer.from(object), Buffer.from("\nendobj\n"));
    return offset;
  });
  const start = parts.reduce((sum, part) => sum + part.length, 0);
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(
    Buffer.from(
      `xref\n0 ${all.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${all.length + 1} /Root 1 0 R ${trailer ?? ""} >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** The same numbers for the same seed (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
