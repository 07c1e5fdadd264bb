import { after } from "next/server";
import { mailConnection } from "@/lib/connections";
import { receiveEvent } from "@/lib/dispatches/commands/receive-event";
import { parseProviderEvent } from "@/lib/dispatches/schema";
import { foldSoon } from "@/lib/jobs/folder";
import { verifyWebhook } from "@/lib/mail/webhook-signature";

const LARGEST_BODY = 256 * 1024;

/**
 * Events of the mail provider (R18): 200 once it need not be told again, 401 if it is not theirs. What one
 * changes is worked out after the answer, many at a time.
 */
export async function POST(request: Request): Promise<Response> {
  const body = await bodyOf(request);
  if (body === null) {
    return Response.json({ error: "too large" }, { status: 413 });
  }
  const webhook = verifyWebhook(body, request.headers);
  if (!webhook) {
    return Response.json({ error: "the signature does not hold" }, { status: 401 });
  }
  const event = parseProviderEvent(webhook.id, webhook.payload);
  if (!event) {
    return Response.json({ result: "ignored" });
  }
  const ctx = {
    db: mailConnection().db,
    actor: { kind: "system", name: "webhook" } as const,
  };
  const result = await receiveEvent(ctx, event);
  after(() => foldSoon(ctx));
  return Response.json({ result });
}

/** The raw body; null when it is larger than any of theirs, whatever its headers say. */
async function bodyOf(request: Request): Promise<string | null> {
  if (Number(request.headers.get("content-length") ?? 0) > LARGEST_BODY) {
    return null;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
