import { Resend } from "resend";
import type { MailBrand } from "@/emails/parts/content";
import { env } from "@/lib/env";
import { answerOf, type ProviderAnswer, type SdkAnswer } from "./outcome";
import type { RenderedMail } from "./rendered-mail";

/** The SDK waits for ever; we do not. Well below a lease (lib/dispatches/rules.ts). */
const TIMEOUT_MS = 12_000;

/** One e-mail as it goes to Resend: a link, no attachment, nothing that counts opens or clicks (R16). */
export interface MailRequest {
  from: string;
  reply_to: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  tags: { name: string; value: string }[];
}

/** Where a company's mails come from and where answers go. */
export interface Sender {
  from: string;
  replyTo: string;
}

export const senderOf = (company: {
  name: string;
  senderEmail: string;
  replyToEmail: string | null;
}): Sender => ({
  from: `${quoted(company.name)} <${company.senderEmail}>`,
  replyTo: company.replyToEmail ?? company.senderEmail,
});

interface BrandedCompany {
  name: string;
  slug: string;
  accentColor: string;
  supportPhone: string;
  senderEmail: string;
  replyToEmail: string | null;
}

const brands = new WeakMap<BrandedCompany, MailBrand>();

/** What a company's mails show of it; the same object for the same company's row. */
export function brandOf(company: BrandedCompany): MailBrand {
  let brand = brands.get(company);
  if (!brand) {
    const { name, slug, accentColor, supportPhone } = company;
    brand = { name, slug, accentColor, supportPhone, replyTo: senderOf(company).replyTo };
    brands.set(company, brand);
  }
  return brand;
}

interface MailParts {
  sender: Sender;
  to: string;
  mail: Pick<RenderedMail, "subject" | "html" | "text">;
  /** The id of what is sent: a mail sent again is another one to the mail program. */
  entity: string;
  company: number;
  kind: string;
  /** Beside company and kind: ASCII letters, digits, `_`, `-`; never anything about a person. */
  tags: Record<string, string>;
}

/**
 * A mail as the provider takes it. Its headers keep machines from answering (RFC 3834, Exchange), keep
 * mail programs from stacking one month's bill upon the other, and let Gmail count complaints by company
 * and kind; none of them says anything about a person.
 */
export function mailRequest(parts: MailParts): MailRequest {
  const { sender, to, mail, entity, company, kind, tags } = parts;
  return {
    from: sender.from,
    reply_to: sender.replyTo,
    to: [to],
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-Entity-Ref-ID": entity,
      "Feedback-ID": `${kind}:${company}:mail:sportello`,
    },
    tags: Object.entries({ ...tags, company: String(company), kind }).map(([name, value]) => ({
      name,
      value,
    })),
  };
}

/** A display name may hold anything but what would end it. */
const quoted = (name: string) =>
  /^[\p{L}\p{N} ]+$/u.test(name) ? name : `"${name.replace(/["\\<>\r\n]/g, "")}"`;

const BATCH = "/emails/batch";

/** The SDK, with our key and address. */
export const resendClient = () =>
  new Resend(env().RESEND_API_KEY, { baseUrl: env().RESEND_BASE_URL });

/** The bytes of a request: what is frozen, proved by a digest, and sent again and again (R17). */
export const bytesOf = (mail: MailRequest): Buffer => Buffer.from(JSON.stringify(mail), "utf8");

/** Sends one mail; the same id and bytes again is no second one for a day. */
export async function sendMail(id: string, bytes: Buffer): Promise<ProviderAnswer> {
  return answerOf(await post("/emails", id, bytes), null);
}

/** Sends a batch of at most 100 under its id (R17); one bad address does not stop the others. */
export async function sendMails(
  batchId: string,
  { bytes, count }: { bytes: Buffer; count: number },
): Promise<ProviderAnswer> {
  return answerOf(await post(BATCH, batchId, bytes), count);
}

/**
 * The SDK's own request, with our bytes: its `batch.send` would write the body anew at each attempt, and
 * another version of it perhaps otherwise. An abort, like a lost connection, reaches us as its error
 * without a status.
 */
async function post(path: string, idempotencyKey: string, body: Buffer): Promise<SdkAnswer> {
  const resend = resendClient();
  return (await resend.fetchRequest(path, {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${resend.key}`,
      "content-type": "application/json",
      "user-agent": resend.userAgent,
      "idempotency-key": idempotencyKey,
      ...(path === BATCH ? { "x-batch-validation": "permissive" } : {}),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })) as SdkAnswer;
}
