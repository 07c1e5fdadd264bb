import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { overlaps, PERIOD_KINDS, type Period, periodOf, shifted } from "@/lib/consumption/period";
import type { DayRange } from "@/lib/consumption/queries";
import { sameTime, type ViewChoice } from "@/lib/consumption/schema";
import type { Language } from "@/lib/i18n/languages";
import { formatMonthName } from "@/lib/time";
import { ChipList } from "./chip-list";
import { PeriodForm } from "./period-form";
import { periodWords } from "./period-words";
import { consumptionHref } from "./view-address";

export interface PeriodLinksProps {
  /** How addresses name the contract, or all. */
  contract: string;
  choice: ViewChoice;
  /** Where there are data. */
  known: DayRange;
  language: Language;
}

async function StepLink({
  by,
  contract,
  choice,
  known,
  language,
}: PeriodLinksProps & { by: 1 | -1 }) {
  const t = await getTranslations("consumption");
  const target = shifted(choice.period, by);
  if (!overlaps(target, known)) {
    return null;
  }
  const words = periodWords(target, language);
  return (
    <LocalLink
      href={consumptionHref(contract, { ...choice, period: target })}
      aria-label={t(by < 0 ? "previous" : "next", { period: words })}
      rel={by < 0 ? "prev" : "next"}
      className="inline-flex min-h-11 items-center gap-2 text-accent underline underline-offset-2"
    >
      {by < 0 ? <span aria-hidden="true">←</span> : null}
      {words}
      {by > 0 ? <span aria-hidden="true">→</span> : null}
    </LocalLink>
  );
}

/** The period's name and the ways to others: longer and shorter, before and after, by date. */
export async function PeriodLinks(props: PeriodLinksProps) {
  const { contract, choice, known, language } = props;
  const { period } = choice;
  const t = await getTranslations("consumption");
  const to = (target: Period) => consumptionHref(contract, { ...choice, period: target });
  const chip = (target: Period, label: string, name: string) => ({
    key: target.from,
    href: to(target),
    label,
    name,
    current: target.kind === period.kind && target.from === period.from,
  });
  const years: Period[] = [];
  for (let year = periodOf("year", known.from); year.from <= known.to; year = shifted(year, 1)) {
    years.push(year);
  }
  const january = periodOf("month", periodOf("year", period.from).from);
  const months = Array.from({ length: 12 }, (_, index) => shifted(january, index));
  const byMonth = period.kind === "year" || period.kind === "month";
  return (
    <>
      <nav aria-label={t("views")} className="mb-6" data-print="no">
        <ChipList
          label={t("views")}
          chips={PERIOD_KINDS.map((kind) => ({
            key: kind,
            href: to(sameTime(kind, period, known)),
            label: t(`view.${kind}`),
            current: kind === period.kind,
          }))}
        />
      </nav>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 className="font-bold text-2xl first-letter:uppercase">
          {periodWords(period, language)}
        </h2>
        <div className="flex flex-wrap gap-x-6" data-print="no">
          <StepLink {...props} by={-1} />
          <StepLink {...props} by={1} />
        </div>
      </div>
      <nav aria-label={t("periods")} className="mt-3 mb-6 grid gap-3" data-print="no">
        {byMonth ? (
          <>
            <ChipList
              label={t("years")}
              chips={years.map((year) => {
                const name = year.from.slice(0, 4);
                return chip(year, name, `${name}: ${t("wholeYear")}`);
              })}
            />
            <ChipList
              label={t("months")}
              chips={months
                .filter((month) => overlaps(month, known))
                .map((month) =>
                  chip(
                    month,
                    formatMonthName(month.from, language, "short"),
                    periodWords(month, language),
                  ),
                )}
            />
          </>
        ) : null}
        <PeriodForm contract={contract} choice={choice} known={known} language={language} />
      </nav>
    </>
  );
}
