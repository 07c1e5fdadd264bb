import type PDFDocument from "pdfkit";

export type Pdf = InstanceType<typeof PDFDocument>;

/** The margin, in points. */
export const LEFT = 48;
export const RIGHT = 547;
export const WIDTH = RIGHT - LEFT;
export const INK = "#1c1f23";
export const MUTED = "#575e66";
export const RULE = "#d5d9de";

/** Text at a place, as a structure element of its own, so that screen readers find it. */
export function write(
  pdf: Pdf,
  text: string,
  at: { x: number; y: number; width: number; align?: "left" | "right" },
  style: { size: number; bold?: boolean; color?: string; tag?: "H1" | "H2" | "P" },
): void {
  const draw = () => {
    pdf
      .font(style.bold ? "Helvetica-Bold" : "Helvetica", style.size)
      .fillColor(style.color ?? INK)
      .text(text, at.x, at.y, {
        width: at.width,
        align: at.align ?? "left",
        // One line each: what is too long ends in an ellipsis and never runs into the next.
        height: style.size,
        ellipsis: true,
      });
  };
  pdf.addStructure(pdf.struct(style.tag ?? "P", {}, [draw]));
}

/** Draws what has no meaning: screen readers pass it over. */
export function decorate(pdf: Pdf, draw: () => void): void {
  pdf.markContent("Artifact", { type: "Layout" });
  draw();
  pdf.endMarkedContent();
}
