import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { monthOf, overlaps, type Period, shifted } from "@/lib/consumption/period";
import type { DayRange } from "@/lib/consumption/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatMonthName } from "@/lib/time";
import { consumptionHref, periodWords } from "./period-words";

interface PeriodLinksProps {
  contract: string;
  period: Period;
  /** Where there are data. */
  known: DayRange;
  language: Language;
}

interface StepLinkProps extends PeriodLinksProps {
  by: 1 | -1;
}

async function StepLink({ by, contract, period, known, language }: StepLinkProps) {
  const t = await getTranslations("consumption");
  const target = shifted(period, by);
  if (!overlaps(target, known)) {
    return null;
  }
  const words = periodWords(target, language);
  return (
    <LocalLink
      href={consumptionHref(contract, target)}
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

const CHIP =
  "inline-flex min-h-9 min-w-9 items-center justify-center rounded-md border px-2.5 text-sm no-underline";

/** The period's name and the ways to others: the one before and after, every year, every month. */
export async function PeriodLinks(props: PeriodLinksProps) {
  const { contract, period, known, language } = props;
  const t = await getTranslations("consumption");
  const years: number[] = [];
  for (let { year } = monthOf(known.from); year <= monthOf(known.to).year; year += 1) {
    years.push(year);
  }
  const months = Array.from({ length: 12 }, (_, index) => index + 1);
  const chip = (target: Period, label: string, name: string) => {
    const current = target.year === period.year && target.month === period.month;
    return overlaps(target, known) ? (
      <LocalLink
        href={consumptionHref(contract, target)}
        aria-current={current ? "page" : undefined}
        aria-label={name}
        className={`${CHIP} ${current ? "border-accent bg-accent font-semibold text-on-accent" : "border-field-line bg-panel text-ink hover:bg-accent-soft"}`}
      >
        {label}
      </LocalLink>
    ) : null;
  };
  return (
    <>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 className="font-bold text-2xl first-letter:uppercase">
          {periodWords(period, language)}
        </h2>
        <div className="flex gap-6">
          <StepLink {...props} by={-1} />
          <StepLink {...props} by={1} />
        </div>
      </div>
      <nav aria-label={t("periods")} className="mt-3 mb-6 grid gap-3" data-print="no">
        <ul aria-label={t("years")} className="flex flex-wrap gap-2">
          {years.map((year) => (
            <li key={year}>
              {chip({ year, month: null }, String(year), `${year}: ${t("wholeYear")}`)}
            </li>
          ))}
        </ul>
        <ul aria-label={t("months")} className="flex flex-wrap gap-2">
          {months.map((month) => {
            const target = { year: period.year, month };
            const first = `2024-${String(month).padStart(2, "0")}-01`;
            const label = formatMonthName(first, language, "short");
            return overlaps(target, known) ? (
              <li key={month}>{chip(target, label, periodWords(target, language))}</li>
            ) : null;
          })}
        </ul>
      </nav>
    </>
  );
}
