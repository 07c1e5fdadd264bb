import ical, { ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from "ical-generator";
import { createTranslator } from "next-intl";
import type { Language } from "@/lib/i18n/languages";
import { localizedPath } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";
import { formatCents } from "@/lib/money";
import { formatDateRange } from "@/lib/time";
import type { DueDate } from "./queries/due-dates";

/**
 * A calendar (RFC 5545) of whole days on which bills are due. A bill keeps its id, so that a calendar that
 * has it learns that it was paid, and one that was withdrawn is cancelled (R21).
 */
export function calendarOf(dates: DueDate[], language: Language, appUrl: string): string {
  const t = createTranslator({
    locale: language,
    messages: MESSAGES[language],
    namespace: "tokens.calendar",
  });
  const companies = [...new Set(dates.map(({ companyName }) => companyName))].join(", ");
  const calendar = ical({
    // The library writes it as it comes.
    name: calendarText(t("title", { company: companies })),
    prodId: { company: "Sportello", product: "due dates", language: language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 6 * 3600,
  });
  for (const bill of dates) {
    const { billNumber: number, contractNumber, paid, withdrawn, debited } = bill;
    const amount = formatCents(bill.totalCents, language);
    calendar.createEvent({
      id: `${bill.id}@sportello`,
      allDay: true,
      start: new Date(`${bill.dueDate}T00:00:00Z`),
      timezone: null,
      stamp: bill.publishedAt,
      // A calendar that has it already takes what comes with a higher number.
      sequence: withdrawn ? 2 : paid ? 1 : 0,
      summary: paid ? t("paid", { number }) : t(debited ? "debit" : "due", { number, amount }),
      description: t("contract", {
        number: contractNumber,
        period: formatDateRange(bill.periodFrom, bill.periodTo, language),
      }),
      url: `${appUrl}${localizedPath(language, `/bills/${bill.id}`)}`,
      status: withdrawn ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return calendar.toString();
}

/** Text as RFC 5545 has it, section 3.3.11. */
const calendarText = (text: string) =>
  text.replace(/[\\;,]/g, "\\$&").replace(/\r\n|[\r\n]/g, "\\n");
