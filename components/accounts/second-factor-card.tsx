import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import {
  removeSecondFactorAction,
  renewRecoveryCodesAction,
} from "@/lib/accounts/actions/second-factor";
import type { SecondFactor } from "@/lib/auth/second-factor";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, romeDay } from "@/lib/time";
import { OwnPasswordForm } from "./own-password-form";

/** With fewer left than this, whoever loses the phone soon stands outside. */
const FEW_CODES = 4;

interface SecondFactorCardProps {
  factor: SecondFactor;
  language: Language;
  /** Staff must have one. */
  mandatory?: boolean;
}

/** Whether a second factor is on, and what can be done about it. */
export async function SecondFactorCard({ factor, language, mandatory }: SecondFactorCardProps) {
  const t = await getTranslations("access.secondFactor");
  if (factor.state !== "on") {
    return (
      <Card title={t("title")}>
        <p className="mb-4 max-w-prose">
          {t("lead")} {t("off")}
        </p>
        <LocalLink href="/profile/access/second-factor" className={buttonClass("quiet")}>
          {t("start")}
        </LocalLink>
      </Card>
    );
  }
  return (
    <Card title={t("title")}>
      <p className="mb-4 max-w-prose">
        {t("onSince", {
          date: formatDate(romeDay(factor.since), language),
          left: factor.recoveryCodesLeft,
        })}
      </p>
      {factor.recoveryCodesLeft < FEW_CODES ? (
        <Notice tone="warning">{t("fewCodes", { left: factor.recoveryCodesLeft })}</Notice>
      ) : null}
      {/* No <details>: without JavaScript the answer would be in a closed one. */}
      <h3 className="mb-2 font-semibold">{t("renewTitle")}</h3>
      <p className="mb-3 max-w-prose">{t("renewLead")}</p>
      <OwnPasswordForm action={renewRecoveryCodesAction} submit={t("renew")} idPrefix="codes-" />
      {mandatory ? null : (
        <div className="mt-8 mb-4">
          <h3 className="mb-3 font-semibold">{t("turnOffTitle")}</h3>
          <OwnPasswordForm
            action={removeSecondFactorAction}
            submit={t("turnOff")}
            idPrefix="factor-off-"
            tone="danger"
          />
        </div>
      )}
      {mandatory ? null : <p className="max-w-prose text-muted text-sm">{t("lost")}</p>}
    </Card>
  );
}
