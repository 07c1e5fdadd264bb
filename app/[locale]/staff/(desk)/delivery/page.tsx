import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LookUpAnswer } from "@/components/delivery/look-up-answer";
import { LookUpForm } from "@/components/delivery/look-up-form";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { lookUpDelivery } from "@/lib/delivery/commands/look-up-delivery";
import { lookUpSchema } from "@/lib/delivery/schema";
import { parseCutOff } from "@/lib/runs/rules";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff.lookUp"))("title") };
}

interface LookUpPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** How a contract's bills arrive and why, for staff who answer a caller. */
export default async function LookUpPage({ searchParams }: LookUpPageProps) {
  const ctx = await requireStaff();
  const t = await getTranslations("staff.lookUp");
  const asked = lookUpSchema.parse(await searchParams);
  const companies = await listCompanies(ctx.db);
  const company = companies.find(({ slug }) => slug === asked.company) ?? companies[0];
  const at = asked.at ? parseCutOff(asked.at) : undefined;
  const wrongTime = at === null;
  const found =
    company && asked.contract && !wrongTime
      ? await lookUpDelivery(ctx, { company: company.slug, contractNumber: asked.contract, at })
      : null;
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <LookUpForm
        companies={companies}
        company={company?.slug}
        contract={asked.contract}
        at={asked.at}
      />
      {wrongTime ? <Notice tone="danger">{t("wrongTime")}</Notice> : null}
      {asked.contract && !wrongTime && !found ? (
        <Notice tone="danger">
          {t("notFound", { contract: asked.contract, company: company?.name ?? "" })}
        </Notice>
      ) : null}
      {found ? (
        <LookUpAnswer
          found={found}
          timeAsked={at !== undefined}
          language={await currentLanguage()}
        />
      ) : null}
    </>
  );
}
