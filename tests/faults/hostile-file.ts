import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { HostileKind } from "./hostile-valid";

/** A file that was made to do harm, or is only wrong. */
export interface HostileFile {
  /** Its maker: how to make it again. */
  name: string;
  kind: HostileKind;
  /** `refuse` where nobody may take it; `take` where it is fine; `either` where that depends on its data. */
  must: "refuse" | "take" | "either";
  /** How it is called, where that is the point. */
  fileName?: string;
  /** Its bytes, or what puts something else in its place. */
  content: Buffer | string | (() => Iterable<string>) | { put: (file: string) => Promise<void> };
  /** Puts its documents somewhere under the folder and tells where. */
  documents?: (folder: string) => Promise<string>;
}

/** Puts a file where its import will look for it. */
export async function putFile({ content }: HostileFile, file: string): Promise<void> {
  if (typeof content === "function") {
    await pipeline(Readable.from(content()), createWriteStream(file));
  } else if (typeof content === "string" || Buffer.isBuffer(content)) {
    await writeFile(file, content);
  } else {
    await content.put(file);
  }
}
