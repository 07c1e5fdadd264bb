import { getTranslations } from "next-intl/server";
import { EmailField } from "@/components/accounts/email-field";
import { ActionForm } from "@/components/ui/action-form";
import { CheckboxField, RadioGroup } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { SubmitButton } from "@/components/ui/submit-button";
import { chooseDeliveryAction } from "@/lib/delivery/actions";
import type { Delivery } from "@/lib/delivery/queries";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { fromBillWords, offerWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";
import { ElectronicNotice } from "./electronic-notice";

interface DeliveryFormProps {
  delivery: Delivery;
  /** The account's own e-mail, proposed for the bills (R8). */
  ownEmail: string;
  language: Language;
}

/**
 * The choice for one contract. What only electronic needs steps aside when paper is marked, by the
 * style sheet alone, so that it is the same without JavaScript. "Save" is its first button: the one
 * that the return key presses.
 */
export async function DeliveryForm({ delivery, ownEmail, language }: DeliveryFormProps) {
  const t = await getTranslations("delivery");
  const offer = offerWords(t, delivery, language);
  const from = fromBillWords(t, delivery.fromBillOn, language);
  const asked = delivery.awaitsConfirmation ? delivery.chosenEmail : null;
  return (
    <ActionForm
      action={chooseDeliveryAction}
      errorTitle={t("form.errorTitle")}
      labels={{
        mode: t("form.mode"),
        email: t("form.email"),
        acceptNotice: t(`notice.${NOTICE_VERSION}.title`),
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
        <EmailField
          label={t("form.email")}
          hint={t("form.emailHint")}
          defaultValue={delivery.chosenEmail ?? ownEmail}
          autoComplete="email"
          required={false}
        />
        <ElectronicNotice
          offer={offer}
          from={delivery.mandateActive ? from : t("form.fromMandate")}
        >
          <CheckboxField name="acceptNotice" value={NOTICE_VERSION} label={t("form.accept")} />
        </ElectronicNotice>
      </div>
      {delivery.mandateActive && !delivery.mandateActiveNext && delivery.fromBillOn ? (
        <div className="hidden group-has-[input[value=electronic]:checked]:block">
          <Notice tone="warning">{t("form.mandateEndsFirst", { from })}</Notice>
        </div>
      ) : null}
      <p className="mb-4">{t("form.effect", { from })}</p>
      <SubmitButton>{t("form.submit")}</SubmitButton>
      {delivery.canUndo ? (
        <div className="mt-6 border-line border-t pt-4">
          <p className="mb-3">
            {t(`form.undo.${delivery.undoMode}`, {
              until: formatInstant(delivery.undoUntil, language),
            })}
          </p>
          <SubmitButton tone="quiet" name="intent" value="undo">
            {t("form.undoSubmit")}
          </SubmitButton>
        </div>
      ) : null}
      {asked ? (
        <div className="mt-6 border-line border-t pt-4">
          <p className="mb-3 [overflow-wrap:anywhere]">{t("form.askAgain", { email: asked })}</p>
          <SubmitButton tone="quiet" name="intent" value="ask_again">
            {t("form.askAgainSubmit")}
          </SubmitButton>
        </div>
      ) : null}
    </ActionForm>
  );
}
