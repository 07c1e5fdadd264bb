import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DispatchBar } from "@/components/runs/dispatch-bar";
import { loadRun } from "@/components/runs/load-run";
import { RunFrame, RunMissing } from "@/components/runs/run-frame";
import { RunNext } from "@/components/runs/run-next";
import { EarlierOrders, LatestOrder } from "@/components/runs/run-orders";
import { RunSteps } from "@/components/runs/run-steps";
import { StepForm } from "@/components/runs/step-form";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { mayOperateRuns } from "@/lib/runs/rules";

interface RunPageProps {
  params: Promise<{ company: string; run: string }>;
}

export async function generateMetadata({ params }: RunPageProps): Promise<Metadata> {
  const { run } = await params;
  return { title: (await getTranslations("staff.runs"))("metaTitle", { name: run }) };
}

/** A run and its steps: where it stands, what is next, and what was ordered here. */
export default async function RunPage({ params }: RunPageProps) {
  const { actor } = await requireStaff();
  const { company, run } = await params;
  const sheet = await loadRun(company, run);
  if (!sheet) {
    return <RunMissing company={company} run={run} />;
  }
  const t = await getTranslations("staff.runs");
  const language = await currentLanguage();
  const mayOperate = mayOperateRuns(actor);
  const cancellable = ["scheduled", "frozen", "loaded"].includes(sheet.state);
  const sent = Object.keys(sheet.dispatches).length > 0;
  return (
    <RunFrame sheet={sheet} current="steps">
      <LatestOrder sheet={sheet} language={language} />
      <div className="grid items-start gap-6 @2xl:grid-cols-2">
        <Card title={t("stepsTitle")}>
          <RunSteps sheet={sheet} language={language} />
        </Card>
        <div className="grid gap-6">
          <RunNext sheet={sheet} language={language} mayOperate={mayOperate} />
          {sent ? (
            <Card title={t("dispatchTitle")}>
              <DispatchBar dispatches={sheet.dispatches} language={language} />
              <p className="mt-4">
                <LocalLink
                  href={`/staff/undelivered?${new URLSearchParams({ company: sheet.company.slug, run: sheet.name })}`}
                  className="inline-block py-2 text-accent underline underline-offset-2"
                >
                  {t("toUndelivered")}
                </LocalLink>
              </p>
            </Card>
          ) : null}
          <EarlierOrders sheet={sheet} language={language} />
          {mayOperate && cancellable ? (
            <Card title={t("cancelTitle")}>
              <p className="mb-5">{t("cancelLead")}</p>
              <StepForm step="cancel" company={sheet.company.slug} run={sheet.name} />
            </Card>
          ) : null}
        </div>
      </div>
    </RunFrame>
  );
}
