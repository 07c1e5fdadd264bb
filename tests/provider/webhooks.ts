import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fate } from "./dice";
import type { TakenMail } from "./ledger";
import type { Fates, Settings } from "./settings";

/** An event as it is told: the same id however often. */
export interface ToldEvent {
  id: string;
  body: string;
  /** Signed with a key that is not the provider's. */
  forged: boolean;
}

const FORGED_KEY = Buffer.from("somebody else's key, thirty-two b");

/** What happens to a mail, in the order in which it happens. */
export function eventTypes({ seed, fates, fateOf }: Settings, mail: TakenMail): string[] {
  const luck = fate(seed, "fate", mail.tags.dispatch ?? mail.tags.mail ?? mail.to);
  const certain = fateOf[mail.to];
  let below = 0;
  const hit = (name: keyof Fates) => {
    below += fates[name] ?? 0;
    return certain ? certain === name : luck < below;
  };
  if (hit("bounced")) return ["email.sent", "email.bounced"];
  if (hit("bouncedForNow")) return ["email.sent", "email.bounced:transient"];
  if (hit("complained")) return ["email.sent", "email.delivered", "email.complained"];
  if (hit("suppressed")) return ["email.suppressed"];
  if (hit("failed")) return ["email.failed"];
  if (hit("delayed")) return ["email.sent", "email.delivery_delayed", "email.delivered"];
  return ["email.sent", "email.delivered"];
}

/** The events of a mail, forged ones among them. */
export function eventsOf(settings: Settings, mail: TakenMail): ToldEvent[] {
  return eventTypes(settings, mail).flatMap((told, step) => {
    const [type = "", variant] = told.split(":");
    const event = {
      id: `msg_${randomUUID().replaceAll("-", "")}`,
      body: bodyOf(mail, type, variant, step),
      forged: false,
    };
    const forged = fate(settings.seed, "forged", event.id) < settings.telling.forged;
    return forged
      ? [
          event,
          { id: `${event.id}f`, body: bodyOf(mail, "email.bounced", undefined, step), forged },
        ]
      : [event];
  });
}

function bodyOf(mail: TakenMail, type: string, variant: string | undefined, step: number): string {
  const bounce =
    variant === "transient"
      ? { type: "Transient", subType: "MailboxFull", message: `452 4.2.2 ${mail.to} is full` }
      : { type: "Permanent", subType: "General", message: `550 5.1.1 ${mail.to} is unknown` };
  return JSON.stringify({
    type,
    created_at: new Date(mail.at + step + 1).toISOString(),
    data: {
      email_id: mail.id,
      created_at: new Date(mail.at).toISOString(),
      message_id: `<${mail.id}@provider.example>`,
      from: "provider@example",
      to: [mail.to],
      subject: mail.subject,
      tags: mail.tags,
      ...(type === "email.bounced" ? { bounce } : {}),
      ...(type === "email.suppressed"
        ? { suppressed: { type: "OnAccountSuppressionList", message: `${mail.to} is suppressed` } }
        : {}),
      ...(type === "email.failed" ? { failed: { reason: "invalid_recipient" } } : {}),
    },
  });
}

/** Standard Webhooks' signature, as svix writes it. */
export function signed(secret: string, { id, body, forged }: ToldEvent): Record<string, string> {
  const at = Math.floor(Date.now() / 1000);
  const key = forged ? FORGED_KEY : Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  return { "svix-id": id, "svix-timestamp": String(at), "svix-signature": `v1,${signature}` };
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Posts an event once; the status of the answer, 0 when there was none. */
export function post(url: string, secret: string, event: ToldEvent): Promise<number> {
  return new Promise((resolve) => {
    const sending = request(url, {
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(event.body),
        ...signed(secret, event),
      },
    });
    sending.on("response", (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    sending.on("error", () => resolve(0));
    sending.end(event.body);
  });
}

export interface Teller {
  tell(mails: TakenMail[]): void;
  /** Settles when everything that was to be told is told, or given up. */
  settled(): Promise<void>;
  readonly counts: { told: number; refusedForged: number; takenForged: number; lost: number };
}

const TRIES = 60;

/** Tells of mails as the settings say: late, in any order, twice, with forged ones among them. */
export function newTeller(settings: () => Settings): Teller {
  const counts = { told: 0, refusedForged: 0, takenForged: 0, lost: 0 };
  const under = new Set<Promise<void>>();
  async function deliver(event: ToldEvent): Promise<void> {
    const { seed, telling } = settings();
    if (!telling.url || !telling.on) {
      counts.lost += 1;
      return;
    }
    await sleep(fate(seed, "late", event.id) * telling.lateMs);
    for (let tried = 0; tried < TRIES; tried += 1) {
      const status = await post(telling.url, telling.secret, event);
      if (event.forged) {
        counts[status === 401 ? "refusedForged" : "takenForged"] += 1;
        return;
      }
      if (status >= 200 && status < 300) {
        counts.told += 1;
        return;
      }
      await sleep(Math.min(100 * 2 ** tried, 2_000));
    }
    counts.lost += 1;
  }
  const start = (event: ToldEvent) => {
    const telling = deliver(event).finally(() => under.delete(telling));
    under.add(telling);
  };
  return {
    counts,
    tell(mails) {
      for (const event of mails.flatMap((mail) => eventsOf(settings(), mail))) {
        start(event);
        if (fate(settings().seed, "doubled", event.id) < settings().telling.doubled) {
          start(event);
        }
      }
    },
    async settled() {
      while (under.size > 0) {
        await Promise.all(under);
      }
    },
  };
}
