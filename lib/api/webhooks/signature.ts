import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";

/** A new secret of 256 bits as Standard Webhooks writes it. */
export const newSecret = () => `${PREFIX}${randomBytes(32).toString("base64")}`;

export interface SignedMessage {
  id: string;
  /** Seconds since 1970. */
  timestamp: number;
  body: string;
}

/**
 * The headers of a message (Standard Webhooks 1.0): HMAC-SHA256 over `id.timestamp.body` with each secret, so that a
 * receiver that knows either of two holds it for true.
 */
export function signedHeaders(
  { id, timestamp, body }: SignedMessage,
  secrets: string[],
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
