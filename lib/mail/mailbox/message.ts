import { z } from "zod";

const address = z.string().regex(/^(?:[^<>]*<)?[^\s<>@]+@[^\s<>@]+>?$/, "is not an e-mail address");
const tagPart = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,256}$/, "may hold letters, digits, _ and - only");

/** One e-mail as Resend's API takes it, as far as Sportello sends it. */
export const emailRequestSchema = z.object({
  from: address,
  to: z.union([address, z.array(address).min(1).max(50)]),
  subject: z.string().min(1),
  html: z.string().optional(),
  text: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.object({ name: tagPart, value: tagPart })).optional(),
});
export type EmailRequest = z.infer<typeof emailRequestSchema>;

/** An e-mail that arrived in the local mailbox. */
export interface Message {
  id: string;
  from: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  tags: Record<string, string>;
  receivedAt: string;
}

export function messageOf(request: EmailRequest, id: string): Message {
  return {
    id,
    from: request.from,
    to: [request.to].flat(),
    subject: request.subject,
    html: request.html ?? "",
    text: request.text ?? "",
    tags: Object.fromEntries((request.tags ?? []).map(({ name, value }) => [name, value])),
    receivedAt: new Date().toISOString(),
  };
}
