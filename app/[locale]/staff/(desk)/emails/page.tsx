import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MailChoiceForm } from "@/components/mail/mail-choice-form";
import { MailPreview } from "@/components/mail/mail-preview";
import { MailTemplateTable } from "@/components/mail/mail-template-table";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { findLastSentMail } from "@/lib/mail/queries/last-sent-mail";
import { previewMail } from "@/lib/mail/queries/preview-mail";
import { previewRequestSchema } from "@/lib/mail/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff.emails"))("title") };
}

interface EmailsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function EmailsPage({ searchParams }: EmailsPageProps) {
  const ctx = await requireStaff();
  const t = await getTranslations("staff.emails");
  const asked = previewRequestSchema.parse(await searchParams);
  const companies = await listCompanies(ctx.db);
  const language = await currentLanguage();
  const ofSomebody = asked.bill !== null || asked.contract !== null;
  const choice = {
    ...asked,
    template: asked.template ?? ("new-bill" as const),
    language: asked.language ?? (ofSomebody ? null : language),
    company: asked.company ?? companies[0]?.slug ?? null,
  };
  const mail = asked.template ? await previewMail(ctx, choice) : null;
  const lastSent = mail && (await findLastSentMail(ctx, mail));
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <MailChoiceForm choice={choice} companies={companies} />
      {asked.template && !mail ? <Notice tone="danger">{t("missing")}</Notice> : null}
      {mail ? (
        <MailPreview {...{ mail, lastSent, choice, language }} ownEmail={ctx.actor.email} />
      ) : (
        <MailTemplateTable />
      )}
    </>
  );
}
