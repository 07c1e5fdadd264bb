import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Message } from "./message";
import type { MailEvent } from "./webhooks";

/** Resend remembers an idempotency key for a day. */
const KEY_MEMORY_MS = 24 * 3600 * 1000;

/** The answer to a request with an idempotency key, kept for its repetition. */
interface Answer {
  key: string;
  bodyDigest: string;
  body: unknown;
  at: number;
}

type Line = { message: Message } | { answer: Answer } | { event: MailEvent } | { told: string };

/** What the mailbox holds: lines of JSON in a file, read again at the next start. */
export interface MailStore {
  messages: Message[];
  /** Events that no webhook has taken yet. */
  waiting: Map<string, MailEvent>;
  answerTo(key: string): Answer | undefined;
  accept(messages: Message[], answer: Omit<Answer, "at"> | null): Promise<void>;
  addEvent(event: MailEvent): Promise<void>;
  eventTold(id: string): Promise<void>;
}

export async function openStore(folder: string): Promise<MailStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "mailbox.jsonl");
  const messages: Message[] = [];
  const answers = new Map<string, Answer>();
  const waiting = new Map<string, MailEvent>();
  const take = (line: Line) => {
    if ("message" in line) {
      messages.push(line.message);
    } else if ("answer" in line) {
      answers.set(line.answer.key, line.answer);
    } else if ("event" in line) {
      waiting.set(line.event.id, line.event);
    } else {
      waiting.delete(line.told);
    }
  };
  for (const line of await linesOf(file)) {
    take(line);
  }
  // One after the other, so that lines never mix.
  let writing: Promise<void> = Promise.resolve();
  const write = (lines: Line[]) => {
    lines.forEach(take);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    writing = writing.then(() => appendFile(file, text, { mode: 0o600 }));
    return writing;
  };
  return {
    messages,
    waiting,
    answerTo(key) {
      const answer = answers.get(key);
      return answer && Date.now() - answer.at < KEY_MEMORY_MS ? answer : undefined;
    },
    accept: (added, answer) =>
      write([
        ...added.map((message) => ({ message })),
        ...(answer ? [{ answer: { ...answer, at: Date.now() } }] : []),
      ]),
    addEvent: (event) => write([{ event }]),
    eventTold: (id) => write([{ told: id }]),
  };
}

async function linesOf(file: string): Promise<Line[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return line ? [JSON.parse(line) as Line] : [];
    } catch {
      // The last line of a mailbox that was killed while it wrote.
      return [];
    }
  });
}
