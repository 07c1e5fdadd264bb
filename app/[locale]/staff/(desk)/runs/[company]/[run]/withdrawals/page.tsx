import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { loadRun } from "@/components/runs/load-run";
import { RunFrame, RunMissing } from "@/components/runs/run-frame";
import { LatestOrder } from "@/components/runs/run-orders";
import { StepForm } from "@/components/runs/step-form";
import { WithdrawalList } from "@/components/runs/withdrawal-list";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { formatNumber } from "@/lib/money";
import { listRunWithdrawals } from "@/lib/runs/queries/run-withdrawals";
import { mayOperateRuns } from "@/lib/runs/rules";

interface WithdrawalsPageProps {
  params: Promise<{ company: string; run: string }>;
}

export async function generateMetadata({ params }: WithdrawalsPageProps): Promise<Metadata> {
  const { run } = await params;
  return { title: (await getTranslations("staff.runs"))("withdrawalsMeta", { name: run }) };
}

/** R21: wrong documents of a run taken back, by two people where they are many. */
export default async function WithdrawalsPage({ params }: WithdrawalsPageProps) {
  const ctx = await requireStaff();
  const { company, run } = await params;
  const sheet = await loadRun(company, run);
  if (!sheet) {
    return <RunMissing company={company} run={run} />;
  }
  const t = await getTranslations("staff.runs");
  const language = await currentLanguage();
  const published = sheet.state === "published" || sheet.state === "closed";
  const mayOperate = mayOperateRuns(ctx.actor);
  const withdrawals = await listRunWithdrawals(ctx, { company, run });
  const recent = ["withdraw", "approve"].includes(sheet.orders[0]?.step ?? "");
  return (
    <RunFrame sheet={sheet} current="withdrawals">
      {recent ? <LatestOrder sheet={sheet} language={language} /> : null}
      <h2 className="mb-4 font-semibold text-xl">{t("withdrawalsTitle")}</h2>
      {withdrawals.length > 0 ? (
        <WithdrawalList
          withdrawals={withdrawals}
          company={sheet.company.slug}
          run={sheet.name}
          mayOperate={mayOperate}
          language={language}
        />
      ) : (
        <p className="text-muted">{t("noWithdrawals")}</p>
      )}
      {published ? null : (
        <div className="mt-6">
          <Notice>{t("withdrawLater")}</Notice>
        </div>
      )}
      {published && mayOperate ? (
        <Card title={t("withdrawTitle")} className="mt-10">
          <p className="mb-5 max-w-prose">
            {t("withdrawLead", { above: formatNumber(sheet.company.withdrawAbove, language) })}
          </p>
          <StepForm step="withdraw" company={sheet.company.slug} run={sheet.name} />
        </Card>
      ) : null}
    </RunFrame>
  );
}
