import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { withLock } from "@/db/embedded/lock";
import { isSameProcess, processStart } from "@/db/embedded/process";
import { startMailbox } from "@/lib/mail/mailbox/server";

/** `mailbox.json` under SPORTELLO_DATA: which demo holds the mailbox, and where. */
interface MailboxFile {
  pid: number;
  start: string;
  port: number;
}

export interface MailboxSettings {
  webhookUrl: string;
  webhookSecret: string;
  apiKey: string;
}

export interface KeptMailbox {
  url: string;
  close(): Promise<void>;
}

/** How often a demo looks whether the one that holds the mailbox is gone. */
const LOOK_MS = 2_000;

/**
 * The mailbox that stands in the place of Resend. Demos with one data folder share it: the first
 * holds it, and when that one ends another takes it over at the same port, with its mails.
 */
export async function keepMailbox(data: string, settings: MailboxSettings): Promise<KeptMailbox> {
  const file = path.join(data, "mailbox.json");
  const lock = path.join(data, "mailbox.lock");
  let own: { url: string; close(): Promise<void> } | undefined;
  let closed = false;

  const attachOrStart = () =>
    withLock(lock, async () => {
      const known = await readMailboxFile(file);
      if (known && known.pid !== process.pid && (await isSameProcess(known.pid, known.start))) {
        return known.port;
      }
      own = await start(path.join(data, "mailbox"), known?.port, settings);
      const port = Number(new URL(own.url).port);
      const note = { pid: process.pid, start: await processStart(process.pid), port };
      await writeFile(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
      await rename(`${file}.new`, file);
      return port;
    });

  const port = await attachOrStart();
  const watch = setInterval(() => {
    if (!own && !closed) {
      attachOrStart().catch(() => {});
    }
  }, LOOK_MS);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      closed = true;
      clearInterval(watch);
      await own?.close();
    },
  };
}

async function start(folder: string, wanted: number | undefined, settings: MailboxSettings) {
  if (wanted !== undefined) {
    try {
      return await startMailbox({ folder, port: wanted, ...settings });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") {
        throw error;
      }
    }
  }
  return await startMailbox({ folder, port: 0, ...settings });
}

async function readMailboxFile(file: string): Promise<MailboxFile | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as MailboxFile);
}
