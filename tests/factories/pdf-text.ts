import { inflateSync } from "node:zlib";

/** The strings that a PDF of ours draws, unpacked and put together. */
export function textOf(file: Uint8Array): string {
  const bytes = Buffer.from(file);
  const latin = bytes.toString("latin1");
  let text = "";
  for (const { index } of latin.matchAll(/stream\r?\n/g)) {
    const begin = latin.indexOf("\n", index) + 1;
    const end = latin.indexOf("endstream", begin);
    try {
      const content = inflateSync(bytes.subarray(begin, end)).toString("latin1");
      for (const [, array = ""] of content.matchAll(/\[((?:<[0-9a-f]*>|[\s\d.-])*)\] TJ/g)) {
        const hex = [...array.matchAll(/<([0-9a-f]*)>/g)].map(([, part]) => part).join("");
        text += `${Buffer.from(hex, "hex").toString("latin1")}\n`;
      }
    } catch {
      // Not a packed stream: nothing is drawn there.
    }
  }
  // What WinAnsi has in the place of control characters and of a hard space.
  return text.replaceAll("\u0080", "€").replaceAll("\u0092", "’").replaceAll("\u00a0", " ");
}
