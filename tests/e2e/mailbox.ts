import { readFileSync } from "node:fs";
import path from "node:path";

export interface DemoFile {
  url: string;
  mailboxUrl: string;
  customers: { email: string; password: string; contracts: string[] }[];
  unregistered: {
    company: string;
    taxId: string;
    customerCode: string;
    billNumber: string;
    mandate: boolean;
  }[];
  staff: { role: string; email: string; password: string; totpSecret: string }[];
  companies: string[];
}

/** What the running demo says of itself. */
export function readDemoFile(): DemoFile {
  const folder = process.env.SPORTELLO_DATA ?? ".sportello";
  return JSON.parse(readFileSync(path.join(folder, "demo.json"), "utf8")) as DemoFile;
}

export interface Message {
  id: string;
  to: string;
  from: string;
  subject: string;
  html: string;
  text: string;
}

/** Waits until a mail to an address with these words in its subject has arrived. */
export async function waitForMail(to: string, subject: RegExp, seconds = 45): Promise<Message> {
  const { mailboxUrl } = readDemoFile();
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await fetch(`${mailboxUrl}/api/messages?to=${encodeURIComponent(to)}`);
    const body = (await answer.json()) as Message[] | { messages: Message[] };
    const messages = Array.isArray(body) ? body : body.messages;
    const found = messages.find((message) => subject.test(message.subject));
    if (found) {
      return found;
    }
    if (Date.now() > deadline) {
      const subjects = messages.map((message) => message.subject).join(" | ");
      throw new Error(`no mail to ${to} about ${subject} in ${seconds} s; there is: ${subjects}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The first address in a mail's text that leads to one of our pages. */
export function linkIn(message: Message, page: string): string {
  const [link] = message.text.match(new RegExp(`https?://\\S*${page}[^\\s)>\\]]*`)) ?? [];
  if (!link) {
    throw new Error(`no link to ${page} in: ${message.text}`);
  }
  return link;
}
