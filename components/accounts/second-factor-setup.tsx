import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { TextField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import { QrCode } from "@/components/ui/qr-code";
import { SubmitButton } from "@/components/ui/submit-button";
import type { FormAction } from "@/lib/auth/form-state";

interface SecondFactorSetupProps {
  /** Turns it on with the first code, and answers with the recovery codes. */
  action: FormAction;
  /** Null once it is on: the answer to the first code, with the recovery codes, is then what is shown. */
  pending: { secret: string; uri: string } | null;
  /** Asks for the password with the code: where it was not shown just before. */
  withPassword?: boolean;
  /** Where to go once the recovery codes are saved. */
  onward: string;
}

/** Scan or type the key, then show that the app's code is right. */
export async function SecondFactorSetup({
  action,
  pending,
  withPassword,
  onward,
}: SecondFactorSetupProps) {
  const t = await getTranslations("access.secondFactor");
  const access = await getTranslations("access");
  const onwardLink = (
    <p>
      <LocalLink href={onward} className={buttonClass()}>
        {t("onward")}
      </LocalLink>
    </p>
  );
  return (
    <ActionForm
      action={action}
      errorTitle={access("errorTitle")}
      labels={{ code: t("code"), password: access("password") }}
      className="max-w-md"
      doneInstead
      afterwards={onwardLink}
    >
      {pending ? (
        <Steps {...pending} withPassword={withPassword} />
      ) : (
        <>
          <p className="mb-4">{t("isOn")}</p>
          {onwardLink}
        </>
      )}
    </ActionForm>
  );
}

/** What is to be done with the app, and the field for its first code. */
async function Steps({
  secret,
  uri,
  withPassword,
}: {
  secret: string;
  uri: string;
  withPassword?: boolean;
}) {
  const access = await getTranslations("access");
  const t = await getTranslations("access.secondFactor");
  return (
    <>
      <ol className="mb-5 grid list-decimal gap-4 pl-5 marker:font-semibold marker:text-accent">
        <li>
          <p className="mb-3">{t("stepScan")}</p>
          <QrCode text={uri} label={t("qr")} />
          <p className="mt-3">{t("stepType")}</p>
          <p className="mt-1 font-mono [overflow-wrap:anywhere]">
            {secret.match(/.{1,4}/g)?.join(" ")}
          </p>
        </li>
        <li>{t("stepCode")}</li>
      </ol>
      <TextField
        name="code"
        label={t("code")}
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
      />
      {withPassword ? (
        <TextField
          name="password"
          type="password"
          label={access("password")}
          autoComplete="current-password"
        />
      ) : null}
      <SubmitButton>{t("confirm")}</SubmitButton>
    </>
  );
}
