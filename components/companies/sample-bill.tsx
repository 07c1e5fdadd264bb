import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { codiceFiscaleCheckLetter } from "@/lib/accounts/tax-id";
import type { Company } from "@/lib/companies/queries";
import type { Commodity } from "@/lib/contracts/rules";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate } from "@/lib/time";

/** The details that registration asks for, in the order of the explanations. */
export const SAMPLE_FIELDS = ["taxId", "customerCode", "billNumber"] as const;
type SampleField = (typeof SAMPLE_FIELDS)[number];

const TAX_ID = `SMPFNZ80A41H501${codiceFiscaleCheckLetter("SMPFNZ80A41H501")}`;
const SUPPLY_POINTS: Record<Commodity, string> = {
  electricity: "IT000E00000000",
  gas: "00000000000000",
  district_heating: "SC-000000",
  water: "UT-000000",
};
const RECEIPT = [
  ["sales", 4210],
  ["network", 1875],
  ["taxes", 1215],
] as const;

interface SampleBillProps {
  company: Company;
  commodity: Commodity;
  language: Language;
}

/** A bill that nobody ever got, with the details to copy marked by number. */
export async function SampleBill({ company, commodity, language }: SampleBillProps) {
  const t = await getTranslations("sampleBill");
  const mark = (field: SampleField, value: string) => {
    const number = SAMPLE_FIELDS.indexOf(field) + 1;
    return (
      <Marked number={number} word={t("mark", { number })}>
        {value}
      </Marked>
    );
  };
  const total = RECEIPT.reduce((sum, [, cents]) => sum + cents, 0);
  return (
    <article
      aria-label={t("notReal")}
      className="overflow-hidden rounded-lg border border-line border-t-8 border-t-accent bg-panel"
    >
      <p className="bg-warning-soft px-5 py-2 font-semibold text-sm text-warning">{t("notReal")}</p>
      <div className="p-5 sm:p-6">
        <div className="flex flex-wrap items-baseline justify-between gap-x-6">
          <p className="font-bold text-accent text-xl">{company.name}</p>
          <p className="text-muted">{t(`billHeading.${commodity}`)}</p>
        </div>
        <dl className="mt-5 grid gap-x-8 gap-y-4 border-line border-y py-5 @lg:grid-cols-2">
          <Entry label={t("holder")}>{t("holderName")}</Entry>
          <Entry label={t("fields.taxId.name")}>{mark("taxId", TAX_ID)}</Entry>
          <Entry label={t("fields.customerCode.name")}>
            {mark("customerCode", company.customerCodeExample)}
          </Entry>
          <Entry label={t(`pointLabels.${commodity}`)}>{SUPPLY_POINTS[commodity]}</Entry>
          <Entry label={t("fields.billNumber.name")}>
            {mark("billNumber", company.billNumberExample)}
          </Entry>
          <Entry label={t("issued")}>{formatDate("2026-10-20", language)}</Entry>
          <Entry label={t("address")}>{t("addressText")}</Entry>
          <Entry label={t("period")}>
            {t("periodText", {
              from: formatDate("2026-09-01", language),
              to: formatDate("2026-09-30", language),
            })}
          </Entry>
        </dl>
        <div className="mt-5 flex flex-wrap items-baseline justify-between gap-x-6">
          <p>
            <span className="text-muted">{t("total")} </span>
            <strong className="text-2xl">{formatCents(total, language)}</strong>
          </p>
          <p className="text-muted">
            {t("due")} {formatDate("2026-11-12", language)} · {t("paid")}
          </p>
        </div>
        <table className="mt-5 w-full text-left">
          <caption className="mb-1 text-left font-semibold">{t("receipt.caption")}</caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">{t("receipt.item")}</th>
              <th scope="col">{t("receipt.amount")}</th>
            </tr>
          </thead>
          <tbody>
            {RECEIPT.map(([item, cents]) => (
              <tr key={item} className="border-line border-b">
                <th scope="row" className="py-2 font-normal">
                  {t(`receipt.${item}`)}
                </th>
                <td className="py-2 text-right">{formatCents(cents, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </article>
  );
}

function Entry({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

/** A value to copy: framed, with the number of its explanation. */
function Marked(props: { number: number; word: string; children: string }) {
  return (
    <mark className="mt-1 inline-flex items-center gap-2 rounded-md border-2 border-accent bg-accent-soft py-1 pr-2.5 pl-1.5 font-semibold text-ink">
      <span
        aria-hidden="true"
        className="grid size-6 shrink-0 place-items-center rounded-full bg-accent text-on-accent text-sm"
      >
        {props.number}
      </span>
      <span className="sr-only">{props.word}: </span>
      {props.children}
    </mark>
  );
}
