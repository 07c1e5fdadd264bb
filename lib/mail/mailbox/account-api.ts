import type { Message } from "./message";

/**
 * What the mailbox answers about its account, in Resend's words: it takes mail from every domain, tells one address,
 * and lists what it has taken, newest first. Null for what is no such question.
 */
export function answerAccount(
  { pathname: path, searchParams }: URL,
  { endpoint, secret, messages }: { endpoint: string; secret: string; messages: Message[] },
): object | null {
  const webhook = {
    id: "local",
    endpoint,
    created_at: new Date(0).toISOString(),
    status: "enabled",
    events: null,
  };
  switch (path) {
    case "/domains":
      return {
        object: "list",
        has_more: false,
        data: [
          {
            id: "local",
            name: "*",
            status: "verified",
            created_at: webhook.created_at,
            region: "eu-west-1",
            open_tracking: false,
            click_tracking: false,
          },
        ],
      };
    case "/webhooks":
      return { object: "list", has_more: false, data: [webhook] };
    case "/webhooks/local":
      return { object: "webhook", ...webhook, signing_secret: secret };
    case "/emails":
      return listOf(messages, searchParams);
    default: {
      const found = messages.find(({ id }) => path === `/emails/${id}`);
      return found ? shown(found) : null;
    }
  }
}

function listOf(messages: Message[], asked: URLSearchParams): object {
  const after = asked.get("after");
  const end = after === null ? messages.length : messages.findIndex(({ id }) => id === after);
  const start = Math.max(0, end - Number(asked.get("limit") ?? 20));
  const data = messages.slice(start, Math.max(0, end)).reverse().map(shown);
  return { object: "list", has_more: start > 0, data };
}

const shown = ({ id, to, from, subject, receivedAt, tags }: Message) => ({
  object: "email",
  ...{ id, to, from, subject },
  created_at: receivedAt,
  last_event: "delivered",
  tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
});
