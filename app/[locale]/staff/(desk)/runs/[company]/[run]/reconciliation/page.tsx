import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { loadRun } from "@/components/runs/load-run";
import {
  OpenTable,
  ReconciliationSum,
  ReconciliationTable,
} from "@/components/runs/reconciliation";
import { RunFrame, RunMissing } from "@/components/runs/run-frame";
import { isMoving, LatestOrder } from "@/components/runs/run-orders";
import { DownloadLink } from "@/components/runs/run-search";
import { runPath } from "@/components/runs/run-words";
import { StepForm } from "@/components/runs/step-form";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { reconcileRun } from "@/lib/runs/queries/reconciliation";
import { mayOperateRuns } from "@/lib/runs/rules";

interface ReconciliationPageProps {
  params: Promise<{ company: string; run: string }>;
}

export async function generateMetadata({ params }: ReconciliationPageProps): Promise<Metadata> {
  const { run } = await params;
  return { title: (await getTranslations("staff.runs"))("reconciliationMeta", { name: run }) };
}

/** R20: electronic = delivered + fallback + excluded, or the list of what is open; and the closing. */
export default async function ReconciliationPage({ params }: ReconciliationPageProps) {
  const ctx = await requireStaff();
  const { company, run } = await params;
  const sheet = await loadRun(company, run);
  if (!sheet) {
    return <RunMissing company={company} run={run} />;
  }
  const t = await getTranslations("staff.runs");
  const language = await currentLanguage();
  if (sheet.state !== "published" && sheet.state !== "closed") {
    return (
      <RunFrame sheet={sheet} current="reconciliation">
        <Notice>{t("reconcileLater")}</Notice>
      </RunFrame>
    );
  }
  const result = await reconcileRun(ctx, { company, run });
  const mayOperate = mayOperateRuns(ctx.actor);
  return (
    <RunFrame sheet={sheet} current="reconciliation">
      {isMoving(sheet) ? <LatestOrder sheet={sheet} language={language} /> : null}
      <ReconciliationSum result={result} language={language} />
      <div className="mt-8 grid items-start gap-6 @2xl:grid-cols-[3fr_2fr]">
        <Card title={t("byReason")}>
          <ReconciliationTable groups={result.groups} language={language} />
        </Card>
        <div className="grid gap-6">
          {sheet.state === "published" && mayOperate ? (
            <Card title={t("closeTitle")}>
              {result.balanced ? (
                <>
                  <p className="mb-5">{t("closeLead")}</p>
                  <StepForm step="close" company={sheet.company.slug} run={sheet.name} />
                </>
              ) : (
                <p>{t("closeNotYet")}</p>
              )}
            </Card>
          ) : null}
          <Card title={t("differencesTitle")}>
            <p>
              {result.differenceCount > 0
                ? t("differencesCount", { count: result.differenceCount })
                : t("noDifferences")}{" "}
              {result.differenceCount > 0 ? (
                <LocalLink href={`${runPath(company, run, "/bills")}#differences`}>
                  {t("showDifferences")}
                </LocalLink>
              ) : null}
            </p>
            <p className="mt-2 text-muted">{t("differencesNote")}</p>
          </Card>
          {mayOperate ? (
            <p className="flex flex-wrap gap-4">
              <DownloadLink href={runPath(company, run, "/reconciliation.csv")}>
                {t("downloadOpen")}
              </DownloadLink>
              <DownloadLink href={runPath(company, run, "/print-list.csv")}>
                {t("downloadPrintList")}
              </DownloadLink>
            </p>
          ) : null}
        </div>
      </div>
      {result.openRows.length > 0 ? (
        <section aria-labelledby="open" className="mt-10">
          <h2 id="open" className="mb-4 font-semibold text-xl">
            {t("openTitle")}
          </h2>
          <OpenTable rows={result.openRows} count={result.open} />
        </section>
      ) : null}
    </RunFrame>
  );
}
