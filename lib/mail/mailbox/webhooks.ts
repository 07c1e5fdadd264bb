import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessageFault } from "./faults";
import type { Message } from "./message";

/** An event as Resend tells it: the same id however often it is told. */
export interface MailEvent {
  id: string;
  payload: { type: string; created_at: string; data: Record<string, unknown> };
}

/** Gap between the events of a message, and before the first. */
const STEP_MS = 150;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** About a quarter of an hour of a portal that is not up. */
const TRIES = 40;

/** What happens to an accepted message, in order. */
export function eventsOf(message: Message, fault: MessageFault | null): MailEvent[] {
  const types = {
    none: ["email.sent", "email.delivered"],
    bounce: ["email.sent", "email.bounced"],
    complain: ["email.sent", "email.delivered", "email.complained"],
  }[fault ?? "none"];
  return types.map((type, index) => ({
    id: `msg_${randomUUID().replaceAll("-", "")}`,
    payload: {
      type,
      created_at: new Date(Date.parse(message.receivedAt) + (index + 1) * STEP_MS).toISOString(),
      data: {
        email_id: message.id,
        created_at: message.receivedAt,
        message_id: `<${message.id}@mailbox.localhost>`,
        from: message.from,
        to: message.to,
        subject: message.subject,
        tags: message.tags,
        ...(type === "email.bounced"
          ? { bounce: { type: "Permanent", subType: "General", message: "No such mailbox here." } }
          : {}),
      },
    },
  }));
}

/** Standard Webhooks' signature of a body, as svix writes it. */
export function signedHeaders(
  secret: string,
  id: string,
  body: string,
  at = Math.floor(Date.now() / 1000),
): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  return { "svix-id": id, "svix-timestamp": String(at), "svix-signature": `v1,${signature}` };
}

interface Target {
  url: string;
  secret: string;
  stop: AbortSignal;
}

/** Posts an event until it is taken; false when given up or stopped. */
export async function tell(event: MailEvent, { url, secret, stop }: Target): Promise<boolean> {
  const body = JSON.stringify(event.payload);
  for (let tried = 0; tried < TRIES && !stop.aborted; tried += 1) {
    const wait =
      tried === 0 ? STEP_MS : Math.min(FIRST_RETRY_MS * 2 ** (tried - 1), LONGEST_RETRY_MS);
    await sleep(wait, undefined, { signal: stop }).catch(() => {});
    const taken = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...signedHeaders(secret, event.id, body) },
      body,
      signal: AbortSignal.any([stop, AbortSignal.timeout(10_000)]),
    }).then(
      (response) => response.ok,
      () => false,
    );
    if (taken) {
      return true;
    }
  }
  return false;
}
