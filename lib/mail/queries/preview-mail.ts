import { sql } from "drizzle-orm";
import { accountPreview, billPreview } from "@/emails/preview-data";
import type { StaffActor, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type Company, listCompanies } from "@/lib/companies/queries";
import { findBillMail } from "@/lib/dispatches/queries/bill-mail";
import { mayPreviewMails } from "@/lib/dispatches/rules";
import { env } from "@/lib/env";
import { ForbiddenError } from "@/lib/errors";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { type AccountMailTemplate, templatePage } from "../account-mails";
import { billMail, billTemplate, kindOfTemplate, mailForm } from "../bill-mail";
import { type RenderedMail, renderAccountMail } from "../rendered-mail";
import { brandOf } from "../resend";
import type { MailTemplate } from "../schema";
import { accountMailVersion } from "../template-version";
import { findPreviewCustomer, type PreviewCustomer } from "./preview-customer";

export interface MailPreviewChoice {
  template: MailTemplate;
  /** Null: the recipient's own, else Italian. */
  language: Language | null;
  /** Slug; null: the first. */
  company: string | null;
  /** Number or id of a bill; only for mails about documents. */
  bill: string | null;
  /** Number of a contract: as its customer would get it. */
  contract: string | null;
}

/** An e-mail as it would be sent, and what it is made of. */
export interface PreviewedMail extends RenderedMail {
  /** The document's own kind may ask for another than was chosen. */
  template: MailTemplate;
  language: Language;
  companyId: number;
  /** SHA-256: the version of its template. */
  version: string;
  /** Whose facts it shows. */
  of: "sample" | "bill" | "customer";
  documentId: string | null;
  contractId: string | null;
  accountId: string | null;
}

/**
 * An e-mail as a customer gets it, for staff: with invented facts in a company's brand, or as a given bill
 * or customer would get it. Nothing is queued or sent. Null when there is no such company, bill or contract.
 * @throws {ForbiddenError} for a role that may not preview
 */
export async function previewMail(
  ctx: Context<StaffActor | SystemActor>,
  choice: MailPreviewChoice,
): Promise<PreviewedMail | null> {
  return await inTransaction(ctx, async (tx) => {
    if (tx.actor.kind !== "system" && !mayPreviewMails(tx.actor)) {
      throw new ForbiddenError("previewing e-mails");
    }
    const companies = await listCompanies(tx.db);
    const company = choice.company
      ? companies.find(({ slug }) => slug === choice.company)
      : companies[0];
    if (!company) {
      return null;
    }
    const customer = choice.contract
      ? await findPreviewCustomer(tx, { companyId: company.id, contract: choice.contract })
      : null;
    if (choice.contract && !customer) {
      return null;
    }
    const kind = kindOfTemplate(choice.template);
    return kind
      ? await ofDocument(tx, company, kind, choice, customer)
      : await ofAccount(company, choice.template as AccountMailTemplate, choice, customer);
  });
}

async function ofDocument(
  tx: TxContext<StaffActor | SystemActor>,
  company: Company,
  kind: NonNullable<ReturnType<typeof kindOfTemplate>>,
  { language, bill }: MailPreviewChoice,
  customer: PreviewCustomer | null,
): Promise<PreviewedMail | null> {
  const asked = bill ?? (customer ? await latestDocument(tx, customer, kind) : null);
  const found = asked
    ? await findBillMail(tx, { companyId: company.id, bill: asked, language })
    : null;
  if ((bill || customer) && !found) {
    return null;
  }
  const { shape, facts } = found?.props ?? sampleOf(company, kind, language ?? "it");
  const { digest } = await mailForm(shape);
  return {
    ...(await billMail({ shape, facts })),
    template: billTemplate(shape.kind),
    language: shape.language,
    companyId: company.id,
    version: digest,
    of: bill ? "bill" : customer ? "customer" : "sample",
    documentId: found?.documentId ?? null,
    contractId: customer?.contractId ?? null,
    accountId: customer?.accountId ?? null,
  };
}

/** The customer's newest document of a kind: what its mail would show. */
async function latestDocument(
  { db }: TxContext<StaffActor | SystemActor>,
  { companyId, contractId }: PreviewCustomer,
  kind: string,
): Promise<string | null> {
  const [latest] = await db.execute<{ id: string }>(sql`
    select id from documents
    where company_id = ${companyId} and contract_id = ${contractId} and kind = ${kind}
      and published_at is not null and withdrawn_at is null
      and holder_id = (select c.holder_id from contracts c
        where c.company_id = ${companyId} and c.id = ${contractId})
    order by issue_date desc, id desc limit 1`);
  return latest?.id ?? null;
}

function sampleOf(
  company: Company,
  kind: NonNullable<ReturnType<typeof kindOfTemplate>>,
  language: Language,
) {
  const site = env().APP_URL;
  const { shape, facts } = billPreview(language, {
    kind,
    brand: brandOf(company),
    site: new URL(site).host,
  });
  return { shape, facts: { ...facts, link: `${site}${localizedPath(language, "/bills")}` } };
}

async function ofAccount(
  company: Company,
  template: AccountMailTemplate,
  choice: MailPreviewChoice,
  customer: PreviewCustomer | null,
): Promise<PreviewedMail> {
  const language = choice.language ?? customer?.language ?? "it";
  const brand = brandOf(company);
  const sample = accountPreview(template, language, brand);
  const params = { ...sample.params, ...(customer ? ownParams(sample.params, customer) : {}) };
  const link = `${env().APP_URL}${localizedPath(language, templatePage(template, company.slug))}`;
  return {
    ...(await renderAccountMail(template, { ...sample, params, link })),
    ...{ template, language, companyId: company.id, documentId: null },
    version: await accountMailVersion(template, language, brand),
    of: customer ? "customer" : "sample",
    contractId: customer?.contractId ?? null,
    accountId: customer?.accountId ?? null,
  };
}

/** The customer's own facts in the place of the invented ones that the template shows. */
function ownParams(
  sample: Record<string, string>,
  { contractNumber, email }: PreviewCustomer,
): Record<string, string> {
  const own: Record<string, string | null> = {
    contractNumber,
    contractNumbers: contractNumber,
    email,
  };
  return Object.fromEntries(
    Object.entries(own).filter(
      (entry): entry is [string, string] => entry[1] !== null && entry[0] in sample,
    ),
  );
}
