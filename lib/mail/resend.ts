import { Resend } from "resend";
import { env } from "@/lib/env";
import { outcomeOf, type SdkAnswer, type SendOutcome } from "./outcome";
import type { RenderedMail } from "./rendered-mail";

/** The SDK waits for ever; we do not. */
const TIMEOUT_MS = 20_000;

/** One e-mail as it goes to Resend: a link, no attachment, nothing that counts opens or clicks (R16). */
export interface MailRequest {
  from: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  tags: { name: string; value: string }[];
}

interface MailParts {
  sender: { name: string; email: string };
  to: string;
  mail: Pick<RenderedMail, "subject" | "html" | "text">;
  /** ASCII letters, digits, `_`, `-`; never anything about a person. */
  tags: Record<string, string>;
}

export function mailRequest({ sender, to, mail, tags }: MailParts): MailRequest {
  return {
    from: `${quoted(sender.name)} <${sender.email}>`,
    to: [to],
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: { "Auto-Submitted": "auto-generated" },
    tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
  };
}

/** A display name may hold anything but what would end it. */
const quoted = (name: string) =>
  /^[\p{L}\p{N} ]+$/u.test(name) ? name : `"${name.replace(/["\\<>\r\n]/g, "")}"`;

const client = () => new Resend(env().RESEND_API_KEY, { baseUrl: env().RESEND_BASE_URL });

/** An abort reaches us as the SDK's error without a status: outcome unknown. */
const timed = () => ({ signal: AbortSignal.timeout(TIMEOUT_MS) });

/** Sends one mail; the same id and mail again is no second one for a day. */
export async function sendMail(id: string, mail: MailRequest): Promise<SendOutcome> {
  const answer = await client().emails.send(mail, { idempotencyKey: id, ...timed() });
  return outcomeOf(answer as SdkAnswer, null);
}

/** Sends a batch of at most 100 under its id (R17); one bad address does not stop the others. */
export async function sendMails(batchId: string, mails: MailRequest[]): Promise<SendOutcome> {
  const answer = await client().batch.send(mails, {
    idempotencyKey: batchId,
    batchValidation: "permissive",
    ...timed(),
  });
  return outcomeOf(answer as SdkAnswer, mails.length);
}
