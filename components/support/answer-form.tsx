import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { TextAreaField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { answerCaseAction } from "@/lib/support/actions/cases";
import type { SupportCase } from "@/lib/support/queries/cases";

/** Records the one answer to a complaint or question; it is mailed where there is an address. */
export async function AnswerForm({ found }: { found: SupportCase }) {
  const t = await getTranslations("cases.desk");
  const language = t(`languages.${found.language}`);
  const { email } = found;
  return (
    <ActionForm
      action={answerCaseAction}
      errorTitle={t("errorTitle")}
      labels={{ answer: t("answer") }}
    >
      <input type="hidden" name="caseId" value={found.id} />
      <TextAreaField
        name="answer"
        label={t("answer")}
        hint={
          email?.includes("@")
            ? t("answerMailHint", { email, language })
            : t("answerPostHint", { language })
        }
        rows={10}
      />
      <SubmitButton>{t("submit")}</SubmitButton>
    </ActionForm>
  );
}
