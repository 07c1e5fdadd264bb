import { getTranslations } from "next-intl/server";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { RunSheet } from "@/lib/runs/queries/run-sheet";
import { formatInstant } from "@/lib/time";
import { type ProgressStep, progressOf, type StepName, underWay } from "./run-progress";

const MARKS = {
  done: "border-success bg-success-soft text-success",
  current: "border-accent bg-accent-soft text-ink",
  waiting: "border-line bg-panel text-muted",
} as const;

interface RunStepsProps {
  sheet: RunSheet;
  language: Language;
}

/** The steps of a run in order: what is done, by whom and when, where it stands, what follows. */
export async function RunSteps({ sheet, language }: RunStepsProps) {
  const t = await getTranslations("staff.runs");
  const counts = await countsOf(sheet, language);
  return (
    <ol className="grid gap-0">
      {progressOf(sheet).map((step, place) => (
        <li
          key={step.name}
          aria-current={step.state === "current" ? "step" : undefined}
          className="grid grid-cols-[2.25rem_1fr] gap-x-4 pb-5 last:pb-0"
        >
          <span
            aria-hidden="true"
            className={`grid size-9 place-items-center rounded-full border-2 font-semibold ${markOf(step)}`}
          >
            {step.name === "cancelled" ? "×" : step.state === "done" ? "✓" : place + 1}
          </span>
          <div>
            <p className="pt-1 font-semibold">
              {t(`step.${step.name}`)}
              <span className="ml-2 font-normal text-muted text-sm">
                {t(`stepState.${step.state}`)}
              </span>
            </p>
            <p className="text-muted text-sm empty:hidden">
              {[
                step.at ? formatInstant(step.at, language) : "",
                step.who ? t("by", { who: step.who }) : "",
              ]
                .filter(Boolean)
                .join(" · ")}
            </p>
            {step.state === "waiting" ? null : <p className="empty:hidden">{counts[step.name]}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}

const markOf = ({ name, state }: ProgressStep) =>
  name === "cancelled" ? "border-danger bg-danger-soft text-danger" : MARKS[state];

async function countsOf(
  sheet: RunSheet,
  language: Language,
): Promise<Partial<Record<StepName, string>>> {
  const t = await getTranslations("staff.runs");
  const number = (value: number) => formatNumber(value, language);
  const { plan, documents, approval } = sheet;
  const planned = plan.electronic + plan.paper;
  const open = underWay(sheet);
  return {
    scheduled: t(`origin.${sheet.origin}`),
    frozen:
      planned > 0
        ? t("planCount", {
            contracts: number(planned),
            electronic: number(plan.electronic),
            paper: number(plan.paper),
          })
        : "",
    loaded:
      documents.imported > 0
        ? t("loadedCount", { documents: number(documents.imported), contracts: number(planned) })
        : "",
    approved: approval.needed ? t("approvalRule", { above: number(approval.above) }) : "",
    published:
      documents.published > 0
        ? t("publishedCount", { documents: number(documents.published) })
        : "",
    reconciled:
      sheet.state === "published"
        ? t(open > 0 ? "underWay" : "allSettled", { documents: number(open) })
        : "",
    cancelled: sheet.cancelReason ? t("because", { reason: sheet.cancelReason }) : "",
  };
}
