import { createHash } from "node:crypto";
import type { MailBrand } from "@/emails/parts/content";
import { accountPreview } from "@/emails/preview-data";
import type { Language } from "@/lib/i18n/languages";
import type { AccountMailTemplate } from "./account-mails";
import { renderAccountMail } from "./rendered-mail";

const versions = new Map<string, Promise<string>>();

/**
 * The version of an account mail's template in a language and brand: SHA-256 of what it makes of the
 * preview's facts, so that it changes when words or looks do, and with nothing else.
 */
export function accountMailVersion(
  template: AccountMailTemplate,
  language: Language,
  { name, slug, accentColor, supportPhone, replyTo }: MailBrand,
): Promise<string> {
  const brand = { name, slug, accentColor, supportPhone, replyTo };
  const key = JSON.stringify([template, language, brand]);
  let version = versions.get(key);
  if (!version) {
    version = renderAccountMail(template, accountPreview(template, language, brand)).then((mail) =>
      createHash("sha256").update(JSON.stringify(mail)).digest("hex"),
    );
    versions.set(key, version);
  }
  return version;
}
