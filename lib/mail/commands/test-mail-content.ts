import type { MailContentKept } from "@/db/schema";
import { mailTexts } from "@/emails/parts/content";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { previewMail } from "../queries/preview-mail";
import { oneLine } from "../rendered-mail";
import type { Sender } from "../resend";
import { testMailSchema } from "../schema";

/** What a test says: just what its preview showed, marked in the subject. Null when that has gone. */
export async function testMailContent(
  tx: TxContext<SystemActor>,
  params: Record<string, string>,
  sender: Sender,
): Promise<MailContentKept | null> {
  const none = { language: null, company: null, bill: null, contract: null };
  const asked = testMailSchema.safeParse({ ...none, ...params });
  const preview = asked.success ? await previewMail(tx, asked.data) : null;
  if (!preview) {
    return null;
  }
  const { version, preheader, html, text, language } = preview;
  const subject = oneLine(mailTexts(language)("test", { subject: preview.subject }));
  return { version, ...sender, subject, preheader, html, text };
}
