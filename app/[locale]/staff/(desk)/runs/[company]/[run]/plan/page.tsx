import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { loadRun } from "@/components/runs/load-run";
import { PlanGroups, PlanRows } from "@/components/runs/plan-tables";
import { RunFrame, RunMissing } from "@/components/runs/run-frame";
import { DownloadLink, SearchForm } from "@/components/runs/run-search";
import { runPath } from "@/components/runs/run-words";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { countPlan, searchPlan } from "@/lib/runs/queries/run-plan";
import { mayOperateRuns } from "@/lib/runs/rules";
import { searchSchema } from "@/lib/runs/schema";

interface PlanPageProps {
  params: Promise<{ company: string; run: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: PlanPageProps): Promise<Metadata> {
  const { run } = await params;
  return { title: (await getTranslations("staff.runs"))("planMeta", { name: run }) };
}

/** The frozen delivery plan of a run: counts, rows, and the files for billing system and print house. */
export default async function PlanPage({ params, searchParams }: PlanPageProps) {
  const ctx = await requireStaff();
  const { company, run } = await params;
  const sheet = await loadRun(company, run);
  if (!sheet) {
    return <RunMissing company={company} run={run} />;
  }
  const t = await getTranslations("staff.runs");
  const language = await currentLanguage();
  if (sheet.plan.electronic + sheet.plan.paper === 0) {
    return (
      <RunFrame sheet={sheet} current="plan">
        <Notice>{t(sheet.state === "scheduled" ? "noPlanYet" : "planEmpty")}</Notice>
      </RunFrame>
    );
  }
  const reference = { company, run };
  const { search, after } = searchSchema.parse(await searchParams);
  const groups = await countPlan(ctx, reference);
  const found = await searchPlan(ctx, reference, { contract: search, after });
  const page = runPath(company, run, "/plan");
  return (
    <RunFrame sheet={sheet} current="plan">
      <PlanGroups groups={groups} language={language} />
      {mayOperateRuns(ctx.actor) ? (
        <p className="my-6 flex flex-wrap gap-4">
          <DownloadLink href={`${page}.csv`}>{t("downloadPlan")}</DownloadLink>
          <DownloadLink href={runPath(company, run, "/print-list.csv")}>
            {t("downloadPrintList")}
          </DownloadLink>
        </p>
      ) : null}
      <h2 className="mt-10 mb-4 font-semibold text-xl">{t("planRows")}</h2>
      <SearchForm page={page} label={t("searchContract")} search={search} />
      <PlanRows rows={found.rows} language={language} />
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
    </RunFrame>
  );
}
