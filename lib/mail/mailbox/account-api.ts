/** What the mailbox answers about its account, in Resend's words: it takes mail from every domain, and tells one address. */
export function answerAccount(
  path: string,
  { endpoint, secret }: { endpoint: string; secret: string },
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
    default:
      return null;
  }
}
