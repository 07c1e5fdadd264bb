import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ImportTable } from "@/components/imports/import-table";
import { UploadForm } from "@/components/imports/upload-form";
import { WaitingTable } from "@/components/imports/waiting-table";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { listImports, listWaitingInvoices } from "@/lib/imports/queries";
import { mayImport, UPLOAD_PROBLEMS } from "@/lib/imports/rules";
import { importIdSchema } from "@/lib/imports/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("imports"))("title") };
}

interface ImportsPageProps {
  searchParams: Promise<{ before?: string | string[]; problem?: string | string[] }>;
}

/** A page of imports that is full has more after it. */
const PAGE = 50;

/** What was loaded, by whom, and what became of it; a file can be sent from here. */
export default async function ImportsPage({ searchParams }: ImportsPageProps) {
  const ctx = await requireStaff();
  const t = await getTranslations("imports");
  if (!mayImport(ctx.actor)) {
    return (
      <>
        <PageHeader title={t("title")} />
        <Notice tone="warning">{t("forbidden")}</Notice>
      </>
    );
  }
  const { before, problem } = await searchParams;
  const from = importIdSchema.safeParse(before).data;
  const imports = await listImports(ctx, { before: from, limit: PAGE });
  const companies = await listCompanies(ctx.db);
  const waiting = await listWaitingInvoices(ctx, { limit: PAGE });
  const language = await currentLanguage();
  const told = UPLOAD_PROBLEMS.find((one) => one === problem);
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {told ? <Notice tone="warning">{t(`problem.${told}`)}</Notice> : null}
      <section aria-labelledby="list" className="mb-12">
        <h2 id="list" className="mb-4 font-semibold text-xl">
          {t("listTitle")}
        </h2>
        {imports.length > 0 ? (
          <ImportTable imports={imports} language={language} />
        ) : (
          <p className="text-muted">{t("none")}</p>
        )}
        {imports.length === PAGE ? (
          <p className="mt-4">
            <LocalLink
              href={`/staff/imports?before=${imports.at(-1)?.id}`}
              className="text-accent underline"
            >
              {t("older")}
            </LocalLink>
          </p>
        ) : null}
      </section>
      {waiting.length > 0 ? (
        <section aria-labelledby="waiting" className="mb-12">
          <h2 id="waiting" className="mb-2 font-semibold text-xl">
            {t("waitingTitle")}
          </h2>
          <p className="mb-4 text-muted">{t("waitingLead")}</p>
          <WaitingTable invoices={waiting} language={language} />
        </section>
      ) : null}
      <section aria-labelledby="upload">
        <h2 id="upload" className="mb-4 font-semibold text-xl">
          {t("uploadTitle")}
        </h2>
        <UploadForm companies={companies} />
      </section>
    </>
  );
}
