import { z } from "zod";
import { resendClient } from "./resend";

const TIMEOUT_MS = 10_000;
/** Mails that the provider lists in one answer. */
const PAGE = 100;

/** A mail that the provider says it has taken. */
export interface SentMail {
  id: string;
  to: string[];
  subject: string;
  createdAt: Date;
  /** The last thing that happened to it: `delivered`, `bounced`, … */
  lastEvent: string;
  tags: Record<string, string>;
}

const mailSchema = z.object({
  id: z.string().min(1),
  to: z.array(z.string()),
  subject: z.string().nullish(),
  // What cannot be read must not pass for what is old.
  created_at: z
    .string()
    .transform((text) => new Date(text))
    .refine((at) => !Number.isNaN(at.getTime())),
  last_event: z.string(),
  tags: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
const listSchema = z.object({ data: z.array(mailSchema), has_more: z.boolean() });

const mailOf = ({
  id,
  to,
  subject,
  created_at,
  last_event,
  tags,
}: z.output<typeof mailSchema>): SentMail => ({
  ...{ id, to, subject: subject ?? "" },
  createdAt: created_at,
  lastEvent: last_event,
  tags: Object.fromEntries(tags.map(({ name, value }) => [name, value])),
});

const timed = () => ({ signal: AbortSignal.timeout(TIMEOUT_MS) });

/** The provider did not answer, or not in a way that can be read: ask another time. */
export class ProviderSilentError extends Error {
  override name = "ProviderSilentError";
}

/**
 * What the provider knows of a mail by its own id, tags included; null where it knows none.
 * @throws {ProviderSilentError}
 */
export async function findSentMail(id: string): Promise<SentMail | null> {
  const { data, error } = await resendClient().emails.get(id, timed());
  if (error?.statusCode === 404) {
    return null;
  }
  const mail = mailSchema.safeParse(data);
  if (!mail.success) {
    throw new ProviderSilentError(error?.name ?? "unreadable_answer");
  }
  return mailOf(mail.data);
}

/**
 * The mails that the provider has taken, newest first, a page after the mail `after`; without their tags.
 * @throws {ProviderSilentError}
 */
export async function listSentMails(
  after: string | null,
): Promise<{ mails: SentMail[]; more: boolean }> {
  const { data, error } = await resendClient().emails.list(
    { limit: PAGE, ...(after === null ? {} : { after }) },
    timed(),
  );
  const list = listSchema.safeParse(data);
  if (!list.success) {
    throw new ProviderSilentError(error?.name ?? "unreadable_answer");
  }
  return { mails: list.data.data.map(mailOf), more: list.data.has_more };
}

/**
 * Lets the provider write to an address again that it keeps on its own list after a bounce or a complaint.
 * Whether it was there is all the same.
 * @throws {ProviderSilentError}
 */
export async function liftProviderSuppression(email: string): Promise<void> {
  const { error } = await resendClient().suppressions.remove(email, timed());
  if (error && error.statusCode !== 404) {
    throw new ProviderSilentError(error.name);
  }
}
