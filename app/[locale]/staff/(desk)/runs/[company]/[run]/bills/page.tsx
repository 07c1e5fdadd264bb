import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DifferenceTable, MissingList, RunBills } from "@/components/runs/bill-tables";
import { loadRun } from "@/components/runs/load-run";
import { RunFrame, RunMissing } from "@/components/runs/run-frame";
import { DownloadLink, SearchForm } from "@/components/runs/run-search";
import { runPath } from "@/components/runs/run-words";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { formatNumber } from "@/lib/money";
import { reconcileRun } from "@/lib/runs/queries/reconciliation";
import { missingBills, searchRunBills } from "@/lib/runs/queries/run-bills";
import { mayOperateRuns } from "@/lib/runs/rules";
import { searchSchema } from "@/lib/runs/schema";

interface BillsPageProps {
  params: Promise<{ company: string; run: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: BillsPageProps): Promise<Metadata> {
  const { run } = await params;
  return { title: (await getTranslations("staff.runs"))("billsMeta", { name: run }) };
}

/** What was loaded into a run against its plan: what is missing, what carries another discount. */
export default async function RunBillsPage({ params, searchParams }: BillsPageProps) {
  const ctx = await requireStaff();
  const { company, run } = await params;
  const sheet = await loadRun(company, run);
  if (!sheet) {
    return <RunMissing company={company} run={run} />;
  }
  const t = await getTranslations("staff.runs");
  const language = await currentLanguage();
  if (sheet.documents.imported === 0) {
    return (
      <RunFrame sheet={sheet} current="bills">
        <Notice>{t("noBillsYet")}</Notice>
      </RunFrame>
    );
  }
  const reference = { company, run };
  const { search, after } = searchSchema.parse(await searchParams);
  const found = await searchRunBills(ctx, reference, { search, after });
  const missing = await missingBills(ctx, reference);
  const { differences, differenceCount } = await reconcileRun(ctx, reference);
  const page = runPath(company, run, "/bills");
  return (
    <RunFrame sheet={sheet} current="bills">
      <div className="grid items-start gap-6 @2xl:grid-cols-2">
        <Card title={t("missingBillsTitle")}>
          <p className="mb-3">
            {missing.count > 0 ? t("missingBills", { count: missing.count }) : t("noMissingBills")}
          </p>
          {missing.count > 0 ? <MissingList missing={missing} /> : null}
        </Card>
        <Card title={t("differencesTitle")}>
          <p>{t("differencesLead")}</p>
          <p className="mt-3 font-semibold">
            {differenceCount > 0
              ? t("differencesCount", { count: differenceCount })
              : t("noDifferences")}
          </p>
        </Card>
      </div>
      {differenceCount > 0 ? (
        <section aria-labelledby="differences" className="mt-10">
          <h2 id="differences" className="mb-4 font-semibold text-xl">
            {t("differencesTitle")}
          </h2>
          <DifferenceTable differences={differences} count={differenceCount} language={language} />
          {mayOperateRuns(ctx.actor) ? (
            <p className="mt-4">
              <DownloadLink href={runPath(company, run, "/differences.csv")}>
                {t("downloadDifferences")}
              </DownloadLink>
            </p>
          ) : null}
        </section>
      ) : null}
      <section aria-labelledby="bills" className="mt-10">
        <h2 id="bills" className="mb-4 font-semibold text-xl">
          {t("billsTitle")}{" "}
          <span className="font-normal text-muted">
            ({formatNumber(sheet.documents.imported, language)})
          </span>
        </h2>
        <SearchForm page={page} label={t("searchBill")} search={search} />
        <RunBills bills={found.rows} language={language} />
        {found.next ? (
          <p className="mt-6">
            <LocalLink
              href={`${page}?${new URLSearchParams({ ...(search ? { search } : {}), after: found.next })}`}
              className="text-accent underline underline-offset-2"
            >
              {t("nextPage")}
            </LocalLink>
          </p>
        ) : null}
      </section>
    </RunFrame>
  );
}
