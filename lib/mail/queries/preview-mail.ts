import { accountPreview, newBillPreview } from "@/emails/preview-data";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type Company, listCompanies } from "@/lib/companies/queries";
import { findBillMail } from "@/lib/dispatches/queries/bill-mail";
import { mayPreviewMails } from "@/lib/dispatches/rules";
import { env } from "@/lib/env";
import { ForbiddenError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { localizedPath } from "@/lib/i18n/languages";
import { templatePage } from "../account-mails";
import { type RenderedMail, renderAccountMail, renderNewBill } from "../rendered-mail";
import type { MailTemplate } from "../schema";

interface MailChoice {
  template: MailTemplate;
  /** Null: the bill's own, else Italian. */
  language: Language | null;
  company: string | null;
  /** Number or id of a bill; only for new-bill. */
  bill: string | null;
}

/**
 * An e-mail as a customer gets it, for staff: with invented facts in a company's brand, or as a given
 * bill would be sent. Null when there is no such company or bill.
 * @throws ForbiddenError for a role that may not preview.
 */
export async function previewMail(
  ctx: Context<StaffActor>,
  { template, language, company: slug, bill }: MailChoice,
): Promise<RenderedMail | null> {
  return await inTransaction(ctx, async (tx) => {
    if (!mayPreviewMails(tx.actor)) {
      throw new ForbiddenError("previewing e-mails");
    }
    const companies = await listCompanies(tx.db);
    const company = slug ? companies.find((one) => one.slug === slug) : companies[0];
    if (!company) {
      return null;
    }
    if (template === "new-bill" && bill) {
      const props = await findBillMail(tx, { companyId: company.id, bill, language });
      return props ? await renderNewBill(props) : null;
    }
    return await sample(template, language ?? "it", company);
  });
}

function sample(
  template: MailTemplate,
  language: Language,
  { name, slug, accentColor, supportPhone }: Company,
): Promise<RenderedMail> {
  const brand = { name, slug, accentColor, supportPhone };
  const site = env().APP_URL;
  if (template === "new-bill") {
    const { shape, facts } = newBillPreview(language, { brand, site: new URL(site).host });
    const link = `${site}${localizedPath(language, "/bills")}`;
    return renderNewBill({ shape, facts: { ...facts, link } });
  }
  const props = accountPreview(template, language, brand);
  const link = `${site}${localizedPath(language, templatePage(template, slug))}`;
  return renderAccountMail(template, { ...props, link });
}
