import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { BoardCompany, CutOffAhead } from "@/lib/runs/queries/run-board";
import { formatInstant } from "@/lib/time";
import { runPath } from "./run-words";

interface CompanyCalendarProps {
  company: BoardCompany;
  ahead: CutOffAhead[];
  language: Language;
}

/** A company's calendar and its next cut-offs, with the run of each where it is opened. */
export async function CompanyCalendar({ company, ahead, language }: CompanyCalendarProps) {
  const t = await getTranslations("staff.runs");
  return (
    <Card title={company.name} level={3}>
      <p>{t("calendar", { day: company.cutOffDay, hour: `${company.cutOffHour}:00` })}</p>
      <p className="text-muted text-sm">
        {t("calendarRules", {
          approval: formatNumber(company.approvalAbove, language),
          withdrawal: formatNumber(company.withdrawAbove, language),
        })}
      </p>
      <ol className="mt-4 grid gap-1">
        {ahead.map(({ cutOffAt, run }) => (
          <li
            key={cutOffAt.getTime()}
            className="flex flex-wrap justify-between gap-x-4 border-line border-t py-1.5"
          >
            <span>{formatInstant(cutOffAt, language)}</span>
            {run ? (
              <LocalLink
                href={runPath(company.slug, run)}
                className="text-accent underline underline-offset-2"
              >
                {run}
              </LocalLink>
            ) : (
              <span className="text-muted">{t("notOpened")}</span>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
