import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { lengthOf } from "@/lib/consumption/period";
import type { ContractSheet } from "@/lib/contracts/queries/contracts";
import { BILLING_UNITS } from "@/lib/contracts/rules";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import { formatDate } from "@/lib/time";

interface ContractFactsProps {
  contract: ContractSheet;
  language: Language;
}

/** Whose contract it is, and every code somebody may ask for on the telephone. */
export async function ContractCodes({ contract }: { contract: ContractSheet }) {
  const t = await getTranslations("contracts");
  return (
    <Card title={t("holderAndCodes")}>
      <Facts
        items={[
          { label: t("holder"), value: contract.holderName },
          { label: t("taxId"), value: contract.taxId },
          { label: t("vatNumber"), value: contract.vatNumber },
          { label: t("customerCode"), value: contract.customerCode },
          { label: t("contractNumber"), value: contract.contractNumber },
          { label: t("company"), value: contract.companyName },
          { label: t("billingAddress"), value: contract.billingAddress },
        ]}
      />
    </Card>
  );
}

/** Where and how it is supplied: address, power, meter, yearly consumption. */
export async function ContractSupply({ contract, language }: ContractFactsProps) {
  const t = await getTranslations("contracts");
  const number = (value: string | null, unit: string, digits = 0) =>
    value === null ? null : `${formatNumber(Number(value), language, digits)} ${unit}`.trim();
  return (
    <Card title={t("supply")}>
      <Facts
        items={[
          { label: t(`supplyPoint.${contract.commodity}`), value: contract.supplyPoint },
          { label: t("supplyAddress"), value: contract.supplyAddress },
          { label: t("meter"), value: contract.meterSerial },
          { label: t("contractedPower"), value: number(contract.contractedPowerKw, "kW", 1) },
          { label: t("availablePower"), value: number(contract.availablePowerKw, "kW", 1) },
          {
            label: t("annual"),
            value: number(contract.annualConsumption, BILLING_UNITS[contract.commodity]),
          },
          { label: t("coefficientC"), value: number(contract.gasCoefficientC, "", 6) },
          { label: t("startsOn"), value: formatDate(contract.startsOn, language) },
          {
            label: t("endsOn"),
            value: contract.endsOn ? formatDate(contract.endsOn, language) : null,
          },
        ]}
      />
    </Card>
  );
}

/** So long before the terms end it is said how many days are left. */
const DAYS_AHEAD = 120;

/**
 * What was agreed and until when, and whom to call.
 * @param today Europe/Rome
 */
export async function ContractOffer({
  contract,
  today,
  language,
}: ContractFactsProps & { today: string }) {
  const t = await getTranslations("contracts");
  const { productEndsOn } = contract;
  const days = productEndsOn ? lengthOf({ from: today, to: productEndsOn }) - 1 : null;
  const phone = (value: string) => <a href={`tel:${value.replace(/[^\d+]/g, "")}`}>{value}</a>;
  return (
    <Card title={t("offer")}>
      <Facts
        items={[
          { label: t("product"), value: contract.product },
          {
            label: t("productEndsOn"),
            value: productEndsOn ? formatDate(productEndsOn, language) : null,
          },
          { label: t("support"), value: phone(contract.company.supportPhone) },
          { label: t("fault"), value: phone(contract.company.faultPhone) },
        ]}
      />
      {productEndsOn && days !== null && days <= DAYS_AHEAD && contract.endsOn === null ? (
        <p className="mt-4">
          {days < 0
            ? t("offerEnded", { date: formatDate(productEndsOn, language) })
            : t("offerEndsIn", { days })}
        </p>
      ) : null}
    </Card>
  );
}
