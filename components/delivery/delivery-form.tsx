import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { CheckboxField, RadioGroup, TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { chooseDeliveryAction } from "@/lib/delivery/actions";
import type { Delivery } from "@/lib/delivery/queries";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { fromBillWords, offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";

interface DeliveryFormProps {
  delivery: Delivery;
  /** The account's own e-mail, proposed for the bills (R8). */
  ownEmail: string;
  language: Language;
}

/**
 * The choice for one contract. What only electronic needs steps aside when paper is marked, by the
 * style sheet alone, so that it is the same without JavaScript.
 */
export async function DeliveryForm({ delivery, ownEmail, language }: DeliveryFormProps) {
  const t = await getTranslations("delivery");
  const offer = offerWords(t, delivery, language);
  const from = fromBillWords(t, delivery.nextCutOffOn, language);
  const notice = (key: string, values: Record<string, string> = {}) =>
    t(`notice.${NOTICE_VERSION}.${key}`, values);
  return (
    <ActionForm
      action={chooseDeliveryAction}
      errorTitle={t("form.errorTitle")}
      labels={{
        mode: t("form.mode"),
        email: t("form.email"),
        acceptNotice: notice("title"),
      }}
      idPrefix={`${delivery.contractId}-`}
      className="group"
    >
      <input type="hidden" name="contractId" value={delivery.contractId} />
      <RadioGroup
        name="mode"
        label={t("form.mode")}
        defaultValue={delivery.chosenMode ?? "paper"}
        options={[
          {
            value: "electronic",
            label: t("form.electronic"),
            hint: offer ? t("form.electronicHint", { offer }) : t("form.electronicHintPlain"),
          },
          { value: "paper", label: t("form.paper"), hint: t("form.paperHint") },
        ]}
      />
      <div className="group-has-[input[value=paper]:checked]:hidden">
        <TextField
          name="email"
          type="email"
          label={t("form.email")}
          hint={t("form.emailHint")}
          defaultValue={delivery.chosenEmail ?? ownEmail}
          autoComplete="email"
          required={false}
          spellCheck={false}
        />
        <div className="mb-5 border-accent border-l-4 bg-accent-soft p-4">
          <h3 className="mb-2 font-semibold">{notice("title")}</h3>
          <ul className="mb-4 grid list-disc gap-1 pl-5">
            <li>{notice("paperStops")}</li>
            <li>{offer ? notice("discount", { offer }) : notice("noDiscount")}</li>
            <li>{notice("from", { from })}</li>
            <li>{notice("back")}</li>
          </ul>
          <CheckboxField name="acceptNotice" value={NOTICE_VERSION} label={t("form.accept")} />
        </div>
      </div>
      <p className="mb-4">{t("form.effect", { from })}</p>
      <SubmitButton>{t("form.submit")}</SubmitButton>
    </ActionForm>
  );
}
