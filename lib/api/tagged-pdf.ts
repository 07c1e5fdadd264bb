import PDFDocument from "pdfkit";
import type { Language } from "@/lib/i18n/languages";

export type Pdf = InstanceType<typeof PDFDocument>;

/** The margin and the width between margins of an A4 page, in points. */
export const LEFT = 48;
export const WIDTH = 499;
export const INK = "#1c1f23";
export const MUTED = "#575e66";

/** A PDF of A4 pages: tagged, with title and language, text as text. */
export async function taggedPdf(
  { language, title, author }: { language: Language; title: string; author: string },
  draw: (pdf: Pdf) => void,
): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    size: "A4",
    margin: LEFT,
    lang: language,
    tagged: true,
    displayTitle: true,
    pdfVersion: "1.7",
    info: { Title: printable(title), Author: printable(author) },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", resolve);
    pdf.on("error", reject);
  });
  draw(pdf);
  pdf.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}

/** A PDF that only its reader may keep, shown in the browser. */
export function pdfResponse(fileName: string, bytes: Uint8Array): Response {
  return new Response(Buffer.from(bytes), {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `inline; filename="${fileName.replace(/[^A-Za-z0-9._-]/g, "_")}"`,
      "Content-Security-Policy": "sandbox; frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Cache-Control": "private, no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/** In points; the height is that of its lines. */
export type Place = [x: number, y: number, width: number];

export interface Style {
  size: number;
  bold?: boolean;
  color?: string;
  tag?: "H1" | "H2" | "P";
  lines?: number;
}

/** Text at a place, as a structure element of its own, so that screen readers find it. */
export function write(pdf: Pdf, text: string, [x, y, width]: Place, style: Style): void {
  const draw = () => {
    pdf
      .font(style.bold ? "Helvetica-Bold" : "Helvetica", style.size)
      .fillColor(style.color ?? INK)
      .text(printable(text), x, y, {
        width,
        // What is too long ends in an ellipsis and never runs into the next.
        height: style.size * 1.2 * (style.lines ?? 1),
        ellipsis: true,
      });
  };
  pdf.addStructure(pdf.struct(style.tag ?? "P", {}, [draw]));
}

/** Text of any length from a height on, line by line as it was written, over as many pages as it takes. */
export function writeAll(pdf: Pdf, text: string, y: number): void {
  const draw = () => {
    pdf
      .font("Helvetica", 10.5)
      .fillColor(INK)
      .text(text.split("\n").map(printable).join("\n"), LEFT, y, { width: WIDTH, lineGap: 2 });
  };
  pdf.addStructure(pdf.struct("P", {}, [draw]));
}

/** Draws what has no meaning: screen readers pass it over. */
export function decorate(pdf: Pdf, draw: () => void): void {
  pdf.markContent("Artifact", { type: "Layout" });
  draw();
  pdf.endMarkedContent();
}

/** The standard fonts know Western letters only: others lose their marks rather than turn into signs. */
export function printable(text: string): string {
  return [...text.normalize("NFC")]
    .map((letter) =>
      /[\u0020-\u007e\u00a0-\u00ff€–—‘’“”…ŠšŽžŒœŸ•]/u.test(letter)
        ? letter
        : letter.normalize("NFD").replace(/[^\u0020-\u007e]/gu, "") || "?",
    )
    .join("");
}
