import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MonthGlance } from "@/components/consumption/month-glance";
import { DeliveryGlance } from "@/components/delivery/delivery-glance";
import { DueList } from "@/components/documents/due-list";
import { LatestBill } from "@/components/documents/latest-bill";
import { Attention } from "@/components/overview/attention";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { type Period, periodOf, rangeBefore, shifted } from "@/lib/consumption/period";
import {
  type ConsumptionDay,
  listDays,
  listMeteredContracts,
  type MeteredContract,
} from "@/lib/consumption/queries";
import { listSupplyNews } from "@/lib/consumption/queries/supply-news";
import { findHolderName } from "@/lib/contracts/queries/contracts";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { type Delivery, listDeliveries } from "@/lib/delivery/queries";
import { listSuspendedAddresses } from "@/lib/delivery/queries/suspended-addresses";
import { findLatestBill } from "@/lib/documents/queries/bills";
import { listOpenBills } from "@/lib/documents/queries/due-dates";
import { listWithdrawn } from "@/lib/documents/queries/withdrawals";
import type { Language } from "@/lib/i18n/languages";
import { romeDay } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

/** So many are named; the bills' own page and that of consumption have the rest. */
const DUE_SHOWN = 6;
const SUPPLIES_SHOWN = 3;

export default async function OverviewPage() {
  const ctx = await requireCustomer("/overview");
  const today = romeDay(new Date());
  // In two goes: one page must not take all of a process's connections.
  const [name, latest, open, deliveries, supplies] = await Promise.all([
    findHolderName(ctx),
    findLatestBill(ctx),
    listOpenBills(ctx, DUE_SHOWN + 1),
    listDeliveries(ctx),
    listMeteredContracts(ctx),
  ]);
  const month = shifted(periodOf("month", today), -1);
  const metered = supplies.filter(({ lastDay }) => lastDay !== null && lastDay >= month.from);
  const shown = metered.slice(0, SUPPLIES_SHOWN);
  const [days, ends, suspended, withdrawn, news] = await Promise.all([
    listDays(
      ctx,
      shown.map(({ companyId, id: contractId }) => ({ companyId, contractId })),
      [month, rangeBefore(month, "date", true)],
    ),
    listMandateEnds(ctx),
    listSuspendedAddresses(ctx),
    listWithdrawn(ctx),
    listSupplyNews(ctx, today),
  ]);
  const language = await currentLanguage();
  const t = await getTranslations("overview");
  return (
    <>
      <PageHeader title={name ? t("greeting", { name }) : t("greetingPlain")}>
        {t("lead")}
      </PageHeader>
      <Attention {...{ ends, suspended, withdrawn, deliveries, news, language }} />
      <div className="grid gap-6 @2xl:grid-cols-2">
        {latest ? (
          <LatestBill bill={latest} language={language} />
        ) : (
          <Card title={t("latest")}>
            <p className="mb-4">{t("noBill")}</p>
            <LocalLink href="/delivery" className={buttonClass("quiet")}>
              {(await getTranslations("navigation.next"))("delivery")}
            </LocalLink>
          </Card>
        )}
        <DueList
          bills={open.slice(0, DUE_SHOWN)}
          more={open.length > DUE_SHOWN}
          language={language}
        />
        <Consumption {...{ shown, days, month, language }} more={metered.length - shown.length} />
        <HowBillsArrive deliveries={deliveries} language={language} />
      </div>
    </>
  );
}

interface ConsumptionProps {
  shown: MeteredContract[];
  days: ConsumptionDay[];
  month: Period;
  /** How many others have readings. */
  more: number;
  language: Language;
}

async function Consumption({ shown, days, month, more, language }: ConsumptionProps) {
  const t = await getTranslations("overview");
  return (
    <Card title={t("consumption")}>
      {shown.length === 0 ? (
        <p className="mb-4">{t("consumptionNone")}</p>
      ) : (
        <ul className="mb-4 divide-y divide-line">
          {shown.map((contract) => (
            <MonthGlance
              key={contract.id}
              contract={contract}
              days={days.filter(
                ({ contractId, direction }) =>
                  contractId === contract.id && direction === "consumption",
              )}
              month={month}
              language={language}
            />
          ))}
        </ul>
      )}
      {more > 0 ? <p className="mb-4 text-muted">{t("consumptionMore", { count: more })}</p> : null}
      <LocalLink href="/consumption" className={buttonClass("quiet")}>
        {t("consumptionOpen")}
      </LocalLink>
    </Card>
  );
}

interface HowBillsArriveProps {
  deliveries: Delivery[];
  language: Language;
}

async function HowBillsArrive({ deliveries, language }: HowBillsArriveProps) {
  const t = await getTranslations("overview");
  return (
    <Card title={t("delivery")}>
      {deliveries.length === 0 ? (
        <>
          <p className="mb-4">{t("noContract")}</p>
          <LocalLink href="/contracts/add" className={buttonClass("quiet")}>
            {(await getTranslations("navigation.next"))("addContract")}
          </LocalLink>
        </>
      ) : (
        <>
          <DeliveryGlance deliveries={deliveries} language={language} />
          <p className="mt-2">
            <LocalLink href="/delivery" className={buttonClass("quiet")}>
              {t("changeDelivery")}
            </LocalLink>
          </p>
        </>
      )}
    </Card>
  );
}
