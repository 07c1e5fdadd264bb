import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import { BILLING_UNITS } from "@/lib/contracts/rules";
import type { BillPage } from "@/lib/documents/queries/bills";
import type { Language } from "@/lib/i18n/languages";
import { formatCents, formatNumber } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";

interface BillFactsProps {
  bill: BillPage;
  language: Language;
}

/** Holder, codes and service: the beginning of the regulated first page. */
export async function BillSubject({ bill, language }: BillFactsProps) {
  const t = await getTranslations("bill");
  const tContracts = await getTranslations("contracts");
  const tBills = await getTranslations("bills");
  return (
    <Card title={t("holderAndCodes")}>
      <Facts
        items={[
          { label: tContracts("holder"), value: bill.holderName },
          { label: tContracts("taxId"), value: bill.taxId },
          { label: tContracts("customerCode"), value: bill.contract?.customerCode },
          { label: tContracts("contractNumber"), value: bill.contractNumber },
          { label: tContracts(`supplyPoint.${bill.commodity}`), value: bill.supplyPoint },
          { label: t("service"), value: tBills(`commodity.${bill.commodity}`) },
          { label: tContracts("supplyAddress"), value: bill.supplyAddress },
          {
            label: t("period"),
            value: t("periodOf", {
              from: formatShortDate(bill.periodFrom, language),
              to: formatShortDate(bill.periodTo, language),
            }),
          },
          { label: t("issued"), value: formatDate(bill.issueDate, language) },
        ]}
      />
    </Card>
  );
}

/** The number for faults and where complaints go. */
export async function BillContacts({ bill }: { bill: BillPage }) {
  const t = await getTranslations("bill");
  const tContracts = await getTranslations("contracts");
  const { faultPhone, supportPhone } = bill.company;
  const supply = bill.contract ? `?contract=${bill.contract.id}` : "";
  return (
    <Card title={t("contacts")}>
      <Facts
        items={[
          { label: tContracts("fault"), value: <Phone number={faultPhone} /> },
          {
            label: t("complaints"),
            value: (
              <>
                <Phone number={supportPhone} />
                <LocalLink
                  href={`/complaints${supply}`}
                  className="block py-1 text-accent underline underline-offset-2"
                >
                  {t("complain")}
                </LocalLink>
                <LocalLink
                  href={`/contact${supply}${supply ? "&" : "?"}topic=bills`}
                  className="block py-1 text-accent underline underline-offset-2"
                >
                  {t("ask")}
                </LocalLink>
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Phone({ number }: { number: string }) {
  return <a href={`tel:${number.replace(/[^\d+]/g, "")}`}>{number}</a>;
}

/** Consumption of the bill and of a year, the offer and when its terms end. */
export async function BillUsage({ bill, language }: BillFactsProps) {
  const t = await getTranslations("bill");
  const tContracts = await getTranslations("contracts");
  const { contract } = bill;
  const used = `${formatNumber(Number(bill.consumption), language, 3)} ${(bill.consumptionUnit ?? "").replace("m3", "m³")}`;
  return (
    <Card title={t("usageAndOffer")}>
      <Facts
        items={[
          {
            label: t("annual"),
            value: contract?.annualConsumption
              ? `${formatNumber(Number(contract.annualConsumption), language)} ${BILLING_UNITS[bill.commodity]}`
              : null,
          },
          {
            label: t("consumption"),
            value:
              bill.consumption === null
                ? null
                : bill.estimated
                  ? t("estimated", { amount: used })
                  : used,
          },
          { label: tContracts("offer"), value: contract?.product },
          {
            label: tContracts("productEndsOn"),
            value: contract?.productEndsOn ? formatDate(contract.productEndsOn, language) : null,
          },
          {
            label: t("discount"),
            value: bill.discountCents > 0 ? formatCents(bill.discountCents, language) : null,
          },
        ]}
      />
      {contract ? (
        <p className="mt-4" data-print="no">
          <LocalLink
            href={`/consumption?contract=${contract.id}`}
            className="text-accent underline"
          >
            {t("toConsumption")}
          </LocalLink>
        </p>
      ) : null}
    </Card>
  );
}
