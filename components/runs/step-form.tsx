import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { ActionForm } from "@/components/ui/action-form";
import { CheckboxField, TextAreaField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { orderStepAction } from "@/lib/runs/actions";
import type { StepOrder } from "@/lib/runs/schema";

interface StepFormProps {
  step: StepOrder["step"];
  company: string;
  run: string;
  /** The approval is of this withdrawal and not of the publication. */
  withdrawalId?: string;
  /** What stands between the lead and the tick. */
  children?: ReactNode;
}

const TONES = { cancel: "danger", withdraw: "danger" } as const;

/** The button of a run's step, with what it asks for: a reason, bill numbers, a tick. */
export async function StepForm({ step, company, run, withdrawalId, children }: StepFormProps) {
  const t = await getTranslations("staff.runs");
  const words = withdrawalId ? "approveWithdrawal" : step;
  const labels = {
    checked: step === "freeze" ? "" : t(`form.${words}.checked`),
    reason: t("form.reason"),
    billNumbers: t("form.billNumbers"),
  };
  return (
    <ActionForm
      action={orderStepAction}
      errorTitle={t("form.errorTitle")}
      labels={labels}
      idPrefix={`${step}-${withdrawalId ? `${withdrawalId}-` : ""}`}
      className="max-w-xl"
    >
      <input type="hidden" name="step" value={step} />
      <input type="hidden" name="company" value={company} />
      <input type="hidden" name="run" value={run} />
      {withdrawalId ? <input type="hidden" name="withdrawalId" value={withdrawalId} /> : null}
      {children}
      {step === "withdraw" ? (
        <TextAreaField
          name="billNumbers"
          label={labels.billNumbers}
          hint={t("form.billNumbersHint")}
          rows={5}
          spellCheck={false}
        />
      ) : null}
      {step === "withdraw" || step === "cancel" ? (
        <TextAreaField
          name="reason"
          label={labels.reason}
          hint={t(`form.${step}.reasonHint`)}
          rows={2}
        />
      ) : null}
      {step === "freeze" ? null : <CheckboxField name="checked" label={labels.checked} />}
      <SubmitButton tone={step === "cancel" || step === "withdraw" ? TONES[step] : "primary"}>
        {t(`form.${words}.submit`)}
      </SubmitButton>
    </ActionForm>
  );
}
