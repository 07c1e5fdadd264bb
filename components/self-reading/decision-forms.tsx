import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { RadioGroup } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { decideSelfReadingAction } from "@/lib/consumption/actions";
import { REFUSALS } from "@/lib/consumption/schema";

/** To accept, or to refuse with a reason; the customer hears of either by e-mail. */
export async function DecisionForms({ receiptCode }: { receiptCode: string }) {
  const t = await getTranslations("readingDesk");
  const tReading = await getTranslations("selfReading");
  return (
    <div className="mt-6 grid max-w-3xl items-start gap-6 @lg:grid-cols-2">
      <Card title={t("acceptTitle")}>
        <p className="mb-4">{t("acceptLead")}</p>
        <ActionForm
          action={decideSelfReadingAction}
          errorTitle={t("notDecided")}
          labels={{}}
          idPrefix="accept-"
        >
          <input type="hidden" name="receiptCode" value={receiptCode} />
          <input type="hidden" name="decision" value="accepted" />
          <SubmitButton>{t("accept")}</SubmitButton>
        </ActionForm>
      </Card>
      <Card title={t("refuseTitle")}>
        <ActionForm
          action={decideSelfReadingAction}
          errorTitle={t("notDecided")}
          labels={{ reason: t("reason") }}
          idPrefix="refuse-"
        >
          <input type="hidden" name="receiptCode" value={receiptCode} />
          <input type="hidden" name="decision" value="refused" />
          <RadioGroup
            name="reason"
            label={t("reason")}
            hint={t("reasonHint")}
            options={REFUSALS.map((value) => ({
              value,
              label: tReading(`refusals.${value}`),
            }))}
          />
          <SubmitButton tone="danger">{t("refuse")}</SubmitButton>
        </ActionForm>
      </Card>
    </div>
  );
}
