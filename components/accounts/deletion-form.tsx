import { getTranslations } from "next-intl/server";
import { PaperAfterwards } from "@/components/delivery/paper-afterwards";
import { ActionForm } from "@/components/ui/action-form";
import { CheckboxField, TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { deleteAccountAction } from "@/lib/accounts/actions/profile";
import type { Delivery } from "@/lib/delivery/queries";
import type { Language } from "@/lib/i18n/languages";

interface DeletionFormProps {
  deliveries: Delivery[];
  language: Language;
}

/** What deletion means, contract by contract, and then the password (R7). */
export async function DeletionForm({ deliveries, language }: DeletionFormProps) {
  const t = await getTranslations("profile.deletion");
  return (
    <section aria-labelledby="deletion" className="mt-12 border-danger border-t-2 pt-6">
      <h2 id="deletion" className="font-semibold text-xl">
        {t("title")}
      </h2>
      <p className="mt-2 max-w-prose">{t("lead")}</p>
      <div className="mt-6 grid gap-6 @2xl:grid-cols-2">
        <div>
          <h3 className="mb-2 font-semibold">{t("loseTitle")}</h3>
          <ul className="grid list-disc gap-2 pl-5">
            <li>{t("lose.access")}</li>
            <li>{t("lose.email")}</li>
            <li>{t("lose.again")}</li>
          </ul>
        </div>
        <div>
          <h3 className="mb-2 font-semibold">{t("keepTitle")}</h3>
          <ul className="grid list-disc gap-2 pl-5">
            <li>{t("keep.bills")}</li>
            <li>{t("keep.contracts")}</li>
            <li>{t("keep.complaints")}</li>
          </ul>
        </div>
      </div>
      {deliveries.length > 0 ? (
        <div className="mt-6">
          <h3 className="mb-2 font-semibold">{t("contractsTitle")}</h3>
          <PaperAfterwards deliveries={deliveries} language={language} />
        </div>
      ) : null}
      <p className="mt-4 max-w-prose text-muted">{t("pending")}</p>
      <p className="mt-2 mb-6 max-w-prose text-muted">{t("lastMail")}</p>
      <ActionForm
        action={deleteAccountAction}
        errorTitle={t("errorTitle")}
        labels={{ password: t("password"), confirm: t("confirm") }}
        className="max-w-md"
      >
        <TextField
          name="password"
          type="password"
          label={t("password")}
          autoComplete="current-password"
        />
        <CheckboxField name="confirm" label={t("confirm")} />
        <SubmitButton tone="danger">{t("submit")}</SubmitButton>
      </ActionForm>
    </section>
  );
}
