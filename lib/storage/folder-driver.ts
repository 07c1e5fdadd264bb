import { randomUUID } from "node:crypto";
import { type FileHandle, open, readFile, rename, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { FSDriver } from "flydrive/drivers/fs";

/** Files that are being written; a killed process may leave one. */
const UNFINISHED = /(^|\/)\.[^/]*\.unfinished$/;

/** Whether a key is a document's, not a file that was being written. */
export const isFinished = (key: string): boolean => !UNFINISHED.test(key);

/**
 * A folder that holds to what a bucket does: whoever reads sees a whole document, the old or the new one, also when
 * the writer was killed; and what is empty is read as empty (flydrive 1.3.0 gives 64 KB of leftover memory).
 */
export class FolderDriver extends FSDriver {
  private readonly folder: string;

  constructor(folder: string) {
    super({ location: folder, visibility: "private" });
    this.folder = folder;
  }

  override async put(key: string, contents: string | Uint8Array): Promise<void> {
    await this.#whole(key, (file) => writeFile(file, contents));
  }

  override async putStream(key: string, contents: Readable): Promise<void> {
    await this.#whole(key, (file) => writeFile(file, contents));
  }

  /** Writes beside the target and puts it in its place: a rename is only within one file system. */
  async #whole(key: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
    const target = path.join(this.folder, key);
    const { dir, base } = path.parse(target);
    const unfinished = path.join(dir, `.${base}.${randomUUID()}.unfinished`);
    // flydrive makes the folders, and refuses keys that lead elsewhere.
    await super.put(path.relative(this.folder, unfinished), "");
    try {
      const file = await open(unfinished, "w");
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, target);
    } catch (error) {
      await unlink(unfinished).catch(() => {});
      throw error;
    }
  }

  /** What is not there is told at once, as a bucket does, and not when somebody reads on. */
  override async getStream(key: string): Promise<Readable> {
    const file = await open(path.join(this.folder, key));
    return file.createReadStream();
  }

  override async getBytes(key: string): Promise<Uint8Array> {
    return new Uint8Array(await readFile(path.join(this.folder, key)));
  }
}
