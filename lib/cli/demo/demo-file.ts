import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DemoWorld } from "@/db/seed/demo-world";

/** `demo.json` under SPORTELLO_DATA: what tests from outside rely on (design.md §5). */
interface DemoFile extends DemoWorld {
  url: string;
  mailboxUrl: string;
}

export async function writeDemoFile(data: string, content: DemoFile): Promise<void> {
  const file = path.join(data, "demo.json");
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Names another demo that goes on, when the one that the file names ends. */
export async function handDemoFileOver(data: string, from: string, to: string): Promise<void> {
  const text = await readFile(path.join(data, "demo.json"), "utf8").catch(() => undefined);
  const content = text === undefined ? undefined : (JSON.parse(text) as DemoFile);
  if (content?.url === from) {
    await writeDemoFile(data, { ...content, url: to });
  }
}
