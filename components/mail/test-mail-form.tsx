import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { SubmitButton } from "@/components/ui/submit-button";
import { sendTestMailAction } from "@/lib/mail/actions";
import type { MailChoice } from "./mail-choice-form";

/** The button that sends what is previewed to whoever looks at it. */
export async function TestMailForm({ choice, ownEmail }: { choice: MailChoice; ownEmail: string }) {
  const t = await getTranslations("staff.emails.test");
  const { template, language, company, bill, contract } = choice;
  const asked = Object.entries({ template, language, company, bill, contract });
  return (
    <section aria-labelledby="test-mail" className="mt-8">
      <h3 id="test-mail" className="mb-2 font-semibold text-lg">
        {t("title")}
      </h3>
      <p className="mb-3 text-muted [overflow-wrap:anywhere]">{t("lead", { email: ownEmail })}</p>
      <ActionForm action={sendTestMailAction} errorTitle={t("errorTitle")} labels={{}}>
        {asked.map(([name, value]) =>
          value === null ? null : <input key={name} type="hidden" name={name} value={value} />,
        )}
        <SubmitButton tone="quiet">{t("submit")}</SubmitButton>
      </ActionForm>
    </section>
  );
}
