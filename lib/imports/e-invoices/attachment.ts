import { PDF_MAX_BYTES } from "../documents/document-limits";
import { all, textAt, type XmlNode } from "./xml-tree";

/** The PDF that comes with an invoice. */
export interface Attachment {
  name: string;
  content: Buffer;
}

/** The first attached file that is a PDF; other files stay where they are. */
export function attachedPdf(
  body: XmlNode,
  say: (column: string, reason: string) => void,
): Attachment | null {
  for (const attached of all(body, "Allegati")) {
    const name = textAt(attached, "NomeAttachment") ?? "attachment";
    const base64 = all(attached, "Attachment")[0]?.text.replace(/\s/g, "") ?? "";
    const isPdf =
      /\.pdf$/i.test(name) || textAt(attached, "FormatoAttachment")?.toUpperCase() === "PDF";
    if (!isPdf) {
      continue;
    }
    if (textAt(attached, "AlgoritmoCompressione")) {
      say("AlgoritmoCompressione", "the attached PDF is packed; attach it as it is");
      return null;
    }
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
      say("Attachment", "is not base64");
      return null;
    }
    const content = Buffer.from(base64, "base64");
    if (content.length > PDF_MAX_BYTES) {
      say("Attachment", "has more than 20 MB");
      return null;
    }
    return { name, content };
  }
  return null;
}
