import { PDF_MAX_BYTES } from "../documents/document-limits";
import { CellError, shown } from "../errors";
import { unpackPdf } from "./packed-attachment";
import { all, textAt, type XmlNode } from "./xml-tree";

/** The PDF that comes with an invoice. */
export interface Attachment {
  name: string;
  content: Buffer;
}

/** The first attached file that is a PDF, packed as ZIP or not; other files stay where they are. */
export async function attachedPdf(
  body: XmlNode,
  say: (column: string, reason: string) => void,
): Promise<Attachment | null> {
  for (const attached of all(body, "Allegati")) {
    const name = textAt(attached, "NomeAttachment") ?? "attachment";
    const packing = textAt(attached, "AlgoritmoCompressione")?.toUpperCase();
    const isPdf =
      /\.pdf$/i.test(name) || textAt(attached, "FormatoAttachment")?.toUpperCase() === "PDF";
    if (!isPdf && packing !== "ZIP") {
      continue;
    }
    if (packing !== undefined && packing !== "ZIP") {
      const reason = `the attached PDF is packed by ${shown(packing)}; attach it as it is or as ZIP`;
      say("AlgoritmoCompressione", reason);
      return null;
    }
    try {
      const content = decoded(attached);
      const pdf = packing ? await unpackPdf(content) : content;
      if (pdf) {
        return { name, content: pdf };
      }
    } catch (error) {
      if (!(error instanceof CellError)) {
        throw error;
      }
      say("Attachment", error.message);
      return null;
    }
    if (isPdf) {
      say("Attachment", "is a ZIP file without a PDF");
      return null;
    }
  }
  return null;
}

/** @throws {CellError} */
function decoded(attached: XmlNode): Buffer {
  const base64 = all(attached, "Attachment")[0]?.text.replace(/\s/g, "") ?? "";
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new CellError("is not base64");
  }
  const content = Buffer.from(base64, "base64");
  if (content.length > PDF_MAX_BYTES) {
    throw new CellError("has more than 20 MB");
  }
  return content;
}
