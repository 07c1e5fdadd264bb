import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Message } from "@/lib/mail/mailbox/message";
import { startMailbox } from "@/lib/mail/mailbox/server";

/** The local mailbox in this process, in a folder of its own. */
export interface TestMailbox {
  url: string;
  folder: string;
  messages(to?: string): Promise<Message[]>;
  fault(fault: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

/** Starts a mailbox and points RESEND_BASE_URL at it: call it before anything reads the environment. */
export async function testMailbox(webhookUrl = "http://127.0.0.1:1/"): Promise<TestMailbox> {
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-mailbox-"));
  const mailbox = await startMailbox({
    folder,
    webhookUrl,
    webhookSecret: String(process.env.RESEND_WEBHOOK_SECRET),
    apiKey: String(process.env.RESEND_API_KEY),
  });
  process.env.RESEND_BASE_URL = mailbox.url;
  return {
    url: mailbox.url,
    folder,
    async messages(to) {
      const query = to ? `?to=${encodeURIComponent(to)}` : "";
      return (await (await fetch(`${mailbox.url}/api/messages${query}`)).json()) as Message[];
    },
    async fault(fault) {
      const body = JSON.stringify(fault);
      const answer = await fetch(`${mailbox.url}/api/faults`, { method: "POST", body });
      if (!answer.ok) {
        throw new Error(await answer.text());
      }
    },
    async close() {
      await mailbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
