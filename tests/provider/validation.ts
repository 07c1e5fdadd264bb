/** One e-mail as the API takes it, as far as it is looked at. */
export interface EmailRequest {
  from: string;
  to: string | string[];
  subject: string;
  html?: string;
  text?: string;
  reply_to?: string | string[];
  headers?: Record<string, string>;
  tags?: { name: string; value: string }[];
}

const ADDRESS = /^(?:[^<>]*<)?[^\s<>@,]+@[^\s<>@,]+\.[^\s<>@,]+>?$/;
const TAG = /^[A-Za-z0-9_-]{1,256}$/;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isAddress = (value: unknown) => isText(value) && ADDRESS.test(value);

/** What is wrong with an e-mail, in one sentence; null when it can be sent. */
export function faultIn(item: unknown, inBatch: boolean): string | null {
  if (typeof item !== "object" || item === null) {
    return "The request body is not an email.";
  }
  const email = item as Record<string, unknown>;
  if (!isAddress(email.from)) {
    return "Invalid `from` field. The email address needs to follow the `email@example.com` format.";
  }
  const to = [email.to].flat();
  if (to.length === 0 || to.length > 50 || !to.every(isAddress)) {
    return "Invalid `to` field. The email address needs to follow the `email@example.com` format.";
  }
  if (!isText(email.subject) || /[\r\n]/.test(email.subject)) {
    return "Missing `subject` field.";
  }
  if (!isText(email.html) && !isText(email.text)) {
    return "Missing `html` or `text` field.";
  }
  if (email.reply_to !== undefined && ![email.reply_to].flat().every(isAddress)) {
    return "Invalid `reply_to` field.";
  }
  if (inBatch && (email.attachments !== undefined || email.scheduled_at !== undefined)) {
    return "`attachments` and `scheduled_at` are not supported in a batch.";
  }
  const tags = (email.tags ?? []) as { name?: unknown; value?: unknown }[];
  if (!tags.every(({ name, value }) => TAG.test(String(name)) && TAG.test(String(value)))) {
    return "Tags should only contain ASCII letters, numbers, underscores, or dashes.";
  }
  return null;
}
