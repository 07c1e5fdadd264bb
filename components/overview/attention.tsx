import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { MandateBanner } from "@/components/delivery/mandate-banner";
import { SuspendedBanner } from "@/components/delivery/suspended-banner";
import { WithdrawnList } from "@/components/documents/withdrawn-list";
import { LocalLink } from "@/components/ui/local-link";
import { formatWithUnit } from "@/lib/consumption/quantity";
import type { SupplyNews } from "@/lib/consumption/queries/supply-news";
import type { MandateEnd } from "@/lib/contracts/queries/mandate-ends";
import type { Delivery } from "@/lib/delivery/queries";
import type { SuspendedAddress } from "@/lib/delivery/queries/suspended-addresses";
import type { WithdrawnBill } from "@/lib/documents/queries/withdrawals";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

interface AttentionProps {
  ends: MandateEnd[];
  suspended: SuspendedAddress[];
  withdrawn: WithdrawnBill[];
  deliveries: Delivery[];
  news: SupplyNews[];
  language: Language;
}

/** What the customer had better look at, each with its one next step; nothing where all is well. */
export async function Attention({
  ends,
  suspended,
  withdrawn,
  deliveries,
  news,
  language,
}: AttentionProps) {
  const t = await getTranslations("overview");
  const unconfirmed = [
    ...new Set(
      deliveries.flatMap(({ awaitsConfirmation, ended, chosenEmail }) =>
        awaitsConfirmation && !ended ? (chosenEmail ?? []) : [],
      ),
    ),
  ];
  const found = [ends, suspended, withdrawn, unconfirmed, news];
  if (found.every(({ length }) => length === 0)) {
    return null;
  }
  return (
    <section aria-labelledby="attention" className="mb-8">
      <h2 id="attention" className="mb-3 font-semibold text-xl">
        {t("attention")}
      </h2>
      <MandateBanner ends={ends} language={language} />
      <SuspendedBanner addresses={suspended} language={language} />
      <WithdrawnList bills={withdrawn} language={language} />
      {unconfirmed.length + news.length > 0 ? (
        <ul className="grid gap-3">
          {unconfirmed.map((email) => (
            <Task key={email} text={t("unconfirmed", { email })} href="/delivery">
              {t("unconfirmedStep")}
            </Task>
          ))}
          {news.map((supply) => (
            <SupplyTasks key={supply.contractId} supply={supply} language={language} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

async function SupplyTasks({ supply, language }: { supply: SupplyNews; language: Language }) {
  const t = await getTranslations("overview");
  const tBills = await getTranslations("bills");
  const tAlert = await getTranslations("statistics.alert");
  const { contractId, contractNumber, commodity, toRead, unusual } = supply;
  const name = `${tBills(`commodity.${commodity}`)} · ${contractNumber}`;
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  return (
    <>
      {toRead ? (
        <Task
          title={name}
          text={t("toRead", { until: formatDate(toRead.to, language) })}
          href={`/consumption/self-reading?contract=${contractId}`}
        >
          {t("toReadStep")}
        </Task>
      ) : null}
      {unusual ? (
        <Task
          title={name}
          text={tAlert(unusual.kind, {
            from: formatDate(unusual.fromDay, language),
            to: formatDate(unusual.toDay, language),
            measured: amount(unusual.measured),
            usual: amount(unusual.usual),
          })}
          href={`/consumption?contract=${contractId}&view=month&date=${unusual.toDay}`}
        >
          {t("unusualStep")}
        </Task>
      ) : null}
    </>
  );
}

interface TaskProps {
  title?: string;
  text: string;
  href: string;
  children: ReactNode;
}

function Task({ title, text, href, children }: TaskProps) {
  return (
    <li className="border-warning border-l-4 bg-warning-soft p-4 [overflow-wrap:anywhere]">
      {title ? <p className="font-semibold">{title}</p> : null}
      <p>{text}</p>
      <p className="mt-1">
        <LocalLink
          href={href}
          className="inline-block py-1.5 font-semibold text-accent underline underline-offset-2"
        >
          {children}
        </LocalLink>
      </p>
    </li>
  );
}
