import { getTranslations } from "next-intl/server";
import { EmailField } from "@/components/accounts/email-field";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { CheckboxList } from "@/components/ui/checkbox-list";
import { CheckboxField, RadioGroup } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import { SubmitButton } from "@/components/ui/submit-button";
import { chooseDeliveriesAction } from "@/lib/delivery/actions";
import type { Delivery } from "@/lib/delivery/queries";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { fromBillWords, offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { ElectronicNotice } from "./electronic-notice";

export const MARKS = ["none", "all", "direct-debit"] as const;

interface SeveralFormProps {
  deliveries: Delivery[];
  /** Which contracts are marked beforehand. */
  mark: (typeof MARKS)[number];
  /** The page's address with a mark; without a language prefix. */
  addressOf: (mark: (typeof MARKS)[number]) => string;
  ownEmail: string;
  language: Language;
}

/** One choice for several contracts, for all that are marked or for none. */
export async function SeveralForm(props: SeveralFormProps) {
  const { deliveries, mark, addressOf, ownEmail, language } = props;
  const t = await getTranslations("delivery");
  const tBills = await getTranslations("bills");
  const running = deliveries.filter(({ ended }) => !ended);
  const withMandate = running.filter(({ mandateActive }) => mandateActive);
  const marked = { none: [], all: running, "direct-debit": withMandate }[mark];
  const hint = (delivery: Delivery) => {
    if (delivery.ended) {
      return t("several.ended");
    }
    const today = t(`several.${delivery.mode}`, { email: delivery.email ?? "" });
    return delivery.mandateActive ? today : `${today}; ${t("several.noMandate")}`;
  };
  const offers = distinct(running, (delivery) => {
    const offer = offerWords(t, delivery, language);
    const supply = tBills(`commodity.${delivery.commodity}`);
    return offer ? t("several.discount", { supply, offer }) : null;
  });
  const fromOf = ({ fromBillOn }: Delivery) => fromBillWords(t, fromBillOn, language);
  // Companies cut off on days of their own, and yet about the same time of the month.
  const bills = distinct(running, fromOf);
  const ofCompany = (delivery: Delivery) =>
    t("several.from", { company: delivery.companyName, from: fromOf(delivery) });
  const from = bills.length === 1 ? bills.join() : distinct(running, ofCompany).join("; ");
  const links = [
    ["all", t("several.markAll", { count: running.length })],
    ["direct-debit", t("several.markDirectDebit", { count: withMandate.length })],
    ["none", t("several.markNone")],
  ] as const;
  return (
    <Card title={t("several.title")}>
      <p className="-mt-2 mb-4 text-muted">{t("several.lead")}</p>
      <ul className="mb-4 flex flex-wrap gap-x-6 gap-y-1">
        {links.map(([which, text]) => (
          <li key={which}>
            <LocalLink
              href={addressOf(which)}
              className="inline-block py-2 text-accent underline underline-offset-2"
            >
              {text}
            </LocalLink>
          </li>
        ))}
      </ul>
      <ActionForm
        key={`${mark} ${deliveries.length}`}
        action={chooseDeliveriesAction}
        errorTitle={t("form.errorTitle")}
        labels={{
          contractIds: t("several.contracts"),
          mode: t("form.mode"),
          email: t("form.email"),
          acceptNotice: t(`notice.${NOTICE_VERSION}.title`),
        }}
        idPrefix="several-"
        className="group"
      >
        <CheckboxList
          name="contractIds"
          label={t("several.contracts")}
          marked={marked.map(({ contractId }) => contractId)}
          options={deliveries.map((delivery) => ({
            value: delivery.contractId,
            label: `${tBills(`commodity.${delivery.commodity}`)} ${delivery.contractNumber}, ${delivery.supplyAddress}`,
            hint: hint(delivery),
            ...(delivery.ended ? { disabled: true } : {}),
          }))}
        />
        <RadioGroup
          name="mode"
          label={t("form.mode")}
          options={[
            {
              value: "electronic",
              label: t("form.electronic"),
              hint: t("several.electronicHint"),
            },
            { value: "paper", label: t("form.paper"), hint: t("form.paperHint") },
          ]}
        />
        <div className="hidden group-has-[input[value=electronic]:checked]:block">
          <EmailField
            label={t("form.email")}
            hint={t("form.emailHint")}
            defaultValue={ownEmail}
            autoComplete="email"
            required={false}
          />
          <ElectronicNotice several offer={offers.join(" ") || null} from={`${from}.`}>
            <CheckboxField name="acceptNotice" value={NOTICE_VERSION} label={t("form.accept")} />
          </ElectronicNotice>
        </div>
        <p className="mb-4">{t("several.effect", { from })}</p>
        <SubmitButton>{t("several.submit")}</SubmitButton>
      </ActionForm>
    </Card>
  );
}

/** The different values there are, without the nulls, in their first order. */
function distinct<T>(list: T[], of: (one: T) => string | null): string[] {
  return [...new Set(list.map(of))].filter((value) => value !== null);
}
