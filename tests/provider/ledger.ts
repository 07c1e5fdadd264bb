import { randomUUID } from "node:crypto";
import type { VirtualClock } from "./clock";
import type { EmailRequest } from "./validation";

/** A mail that the provider has taken: from here on its recipient gets it. */
export interface TakenMail {
  id: string;
  to: string;
  subject: string;
  tags: Record<string, string>;
  /** The idempotency key of the request; null without one. */
  key: string | null;
  at: number;
  /** The last thing that happened to it. */
  lastEvent: string;
}

/**
 * What really was taken: the truth that every claim of the application is held against. A mail is known
 * by its tags: `dispatch` for a bill, `mail` for a mail about an account.
 */
export interface Ledger {
  take(requests: EmailRequest[], key: string | null): TakenMail[];
  find(id: string): TakenMail | undefined;
  all(): TakenMail[];
  /** Newest first. */
  list(after: string | null, limit: number): { mails: TakenMail[]; more: boolean };
  /** How often each bill's dispatch, or account's mail, was taken. */
  times: Map<string, number>;
  readonly count: number;
  forget(): void;
}

/** @param keepMails false keeps counts only: for a million. */
export function newLedger(clock: VirtualClock, keepMails = true): Ledger {
  const times = new Map<string, number>();
  const mails = new Map<string, TakenMail>();
  const order: string[] = [];
  let count = 0;
  return {
    times,
    get count() {
      return count;
    },
    take(requests, key) {
      count += requests.length;
      return requests.map((request) => {
        const tags = Object.fromEntries(
          (request.tags ?? []).map(({ name, value }) => [name, value]),
        );
        const about = tags.dispatch ?? tags.mail;
        if (about) {
          times.set(about, (times.get(about) ?? 0) + 1);
        }
        const mail: TakenMail = {
          id: randomUUID(),
          to: [request.to].flat()[0] ?? "",
          subject: request.subject,
          tags,
          key,
          at: clock.now(),
          lastEvent: "queued",
        };
        if (keepMails) {
          mails.set(mail.id, mail);
          order.push(mail.id);
        }
        return mail;
      });
    },
    find: (id) => mails.get(id),
    all: () => [...mails.values()],
    list(after, limit) {
      const from = after === null ? order.length : order.indexOf(after);
      const ids = order.slice(Math.max(0, from - limit), Math.max(0, from)).reverse();
      return { mails: ids.flatMap((id) => mails.get(id) ?? []), more: from > limit };
    },
    forget() {
      times.clear();
      mails.clear();
      order.length = 0;
      count = 0;
    },
  };
}
