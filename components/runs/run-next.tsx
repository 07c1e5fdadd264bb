import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { CommandLine } from "@/components/ui/command-line";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { RunSheet } from "@/lib/runs/queries/run-sheet";
import { formatInstant } from "@/lib/time";
import { standingApproval, underWay } from "./run-progress";
import { runPath } from "./run-words";
import { StepForm } from "./step-form";

interface RunNextProps {
  sheet: RunSheet;
  language: Language;
  /** The person may act on runs: support sees the sentence and no button. */
  mayOperate: boolean;
}

/** What is next in one sentence, and its button where role and state allow. */
export async function RunNext({ sheet, language, mayOperate }: RunNextProps) {
  const t = await getTranslations("staff.runs");
  const { sentence, form } = await nextOf(sheet, language);
  const done = sheet.state === "closed" || sheet.state === "cancelled";
  const busy = sheet.orders.some(({ finishedAt }) => finishedAt === null);
  return (
    <Card title={t("nextTitle")}>
      {sentence}
      {mayOperate && form && !busy ? <div className="mt-5">{form}</div> : null}
      {!mayOperate && !done ? <p className="mt-4 text-muted">{t("lookOnly")}</p> : null}
    </Card>
  );
}

async function nextOf(
  sheet: RunSheet,
  language: Language,
): Promise<{ sentence: ReactNode; form?: ReactNode }> {
  const t = await getTranslations("staff.runs");
  const { company, name, approval, documents } = sheet;
  const target = { company: company.slug, run: name };
  const number = (value: number) => formatNumber(value, language);
  switch (sheet.state) {
    case "scheduled":
      return sheet.cutOffPassed
        ? { sentence: <p>{t("next.freezeNow")}</p>, form: <StepForm step="freeze" {...target} /> }
        : {
            sentence: (
              <p>{t("next.freezeLater", { at: formatInstant(sheet.cutOffAt, language) })}</p>
            ),
          };
    case "frozen":
      return {
        sentence: (
          <>
            <p>{t("next.load")}</p>
            <CommandLine inCard>
              {`npm run sportello -- import bills FILE.csv --company ${company.slug} --run ${name}`}
            </CommandLine>
          </>
        ),
      };
    case "loaded": {
      const planned = sheet.plan.electronic + sheet.plan.paper;
      if (approval.needed && !standingApproval(sheet)) {
        const mine = approval.given.some(({ stands, mine: own }) => stands && own);
        return mine
          ? { sentence: <p>{t("next.publishOther")}</p> }
          : {
              sentence: (
                <p>
                  {t("next.approve", {
                    documents: number(documents.imported),
                    above: number(approval.above),
                  })}
                </p>
              ),
              form: <StepForm step="approve" {...target} />,
            };
      }
      return {
        sentence: (
          <p>
            {t("next.publish", {
              documents: number(documents.imported),
              contracts: number(planned),
            })}{" "}
            <LocalLink href={runPath(company.slug, name, "/bills")}>
              {t("next.checkBills")}
            </LocalLink>
          </p>
        ),
        form: <StepForm step="publish" {...target} />,
      };
    }
    case "published": {
      const open = underWay(sheet);
      const link = (
        <LocalLink href={runPath(company.slug, name, "/reconciliation")}>
          {t("next.reconcile")}
        </LocalLink>
      );
      return open > 0
        ? {
            sentence: (
              <p>
                {t("next.wait", { documents: number(open) })} {link}
              </p>
            ),
          }
        : {
            sentence: (
              <p>
                {t("next.close")} {link}
              </p>
            ),
            form: <StepForm step="close" {...target} />,
          };
    }
    case "closed":
      return { sentence: <p>{t("next.closed")}</p> };
    case "cancelled":
      return { sentence: <p>{t("next.cancelled")}</p> };
  }
}
