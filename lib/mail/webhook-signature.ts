import { Resend } from "resend";
import { env } from "@/lib/env";

const LONGEST_ID = 200;

/** A webhook whose signature holds. */
export interface VerifiedWebhook {
  id: string;
  payload: unknown;
}

/**
 * Verifies a webhook over its raw body (R18): Standard Webhooks, at most 5 minutes old or ahead,
 * signed with either of the secrets in RESEND_WEBHOOK_SECRET. Null when it does not hold.
 */
export function verifyWebhook(rawBody: string, headers: Headers): VerifiedWebhook | null {
  const given = {
    id: headers.get("svix-id") ?? headers.get("webhook-id") ?? "",
    timestamp: headers.get("svix-timestamp") ?? headers.get("webhook-timestamp") ?? "",
    signature: headers.get("svix-signature") ?? headers.get("webhook-signature") ?? "",
  };
  if (given.id.length > LONGEST_ID) {
    return null;
  }
  const { webhooks } = new Resend(env().RESEND_API_KEY);
  for (const webhookSecret of env().RESEND_WEBHOOK_SECRET.split(",")) {
    try {
      const payload = webhooks.verify({ payload: rawBody, headers: given, webhookSecret });
      return { id: given.id, payload };
    } catch {
      // Not this secret; during a rotation the other may fit.
    }
  }
  return null;
}
