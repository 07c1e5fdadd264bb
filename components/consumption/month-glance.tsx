import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Unbroken } from "@/components/ui/unbroken";
import { lengthOf, type Period, rangeBefore } from "@/lib/consumption/period";
import { toUnit, unitOf } from "@/lib/consumption/quantity";
import type { ConsumptionDay, MeteredContract } from "@/lib/consumption/queries";
import { besideYearBefore, dayStatistics } from "@/lib/consumption/statistics/days";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber, formatShare } from "@/lib/money";
import { beforeOf, periodWords } from "./period-words";

interface MonthGlanceProps {
  contract: MeteredContract;
  /** Of the month and of the same a year before. */
  days: ConsumptionDay[];
  month: Period;
  language: Language;
}

/** A month in a sentence: how much, and how that stands to the year before over the days both have (R24). */
export async function MonthGlance({ contract, days, month, language }: MonthGlanceProps) {
  const t = await getTranslations("overview.month");
  const tBills = await getTranslations("bills");
  const { commodity, contractNumber } = contract;
  // At a glance: exact figures stand where the link leads.
  const amount = (base: number) =>
    `${formatNumber(toUnit(base, commodity), language, 1)} ${unitOf(commodity)}`;
  const words = {
    month: periodWords(month, language),
    before: beforeOf(month, "date", language).before,
  };
  const now = dayStatistics(days, month);
  const beside = besideYearBefore(days, month);
  const ratio = beside ? beside.now / beside.before - 1 : 0;
  const change = {
    way: Math.abs(ratio) < 0.005 ? "same" : ratio > 0 ? "more" : "less",
    share: formatShare(Math.abs(ratio), language),
  };
  const whole = lengthOf(month);
  const yearBefore = rangeBefore(month, "date", true);
  const then = dayStatistics(days, yearBefore);
  const unused = then?.total === 0 && then.days === lengthOf(yearBefore);
  const without = then === null ? t("noYearBefore", words) : unused ? t("nothingBefore") : "";
  // Of fewer days than either month has, its own two sums are told: the sentence's others are of other days.
  const most = Math.max(now?.days ?? 0, lengthOf(yearBefore));
  const partly = beside !== null && beside.days < most;
  const earlier = !beside
    ? ""
    : partly
      ? t("against", { now: amount(beside.now), before: amount(beside.before) })
      : amount(beside.before);
  return (
    <li className="py-4 first:pt-0">
      <p>
        <LocalLink
          href={`/consumption?contract=${contract.id}&view=month&date=${month.from}`}
          className="font-semibold text-accent underline underline-offset-2"
        >
          <Unbroken>{`${tBills(`commodity.${commodity}`)} · ${contractNumber}`}</Unbroken>
        </LocalLink>
      </p>
      <p>
        {now ? t("used", { ...words, amount: amount(now.total) }) : t("unknown", words)}{" "}
        {beside ? t("change", { ...words, ...change, earlier }) : now ? without : ""}{" "}
        {now && now.days < whole ? t("daysMissing", { count: whole - now.days }) : ""}{" "}
        {partly ? t("daysBeside", { count: beside.days }) : ""}
      </p>
      {beside ? <TwoBars now={beside.now} before={beside.before} /> : null}
    </li>
  );
}

/** The sentence's two amounts for the eye: this year's above, the year before's below. */
function TwoBars({ now, before }: { now: number; before: number }) {
  const most = Math.max(now, before);
  return (
    <svg
      viewBox="0 0 100 12"
      preserveAspectRatio="none"
      className="mt-2 h-5 w-full"
      aria-hidden="true"
    >
      <rect width={(100 * now) / most} height="5" className="fill-band-1" />
      <rect y="7" width={(100 * before) / most} height="5" className="fill-band-3" />
    </svg>
  );
}
