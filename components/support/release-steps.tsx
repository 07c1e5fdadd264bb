import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { cancelReleaseAction, finishReleaseAction } from "@/lib/support/actions/access";
import type { Release } from "@/lib/support/queries/releases";
import { formatInstant } from "@/lib/time";

interface ReleaseProps {
  release: Release;
  language: Language;
}

export async function ReleaseFacts({ release, language }: ReleaseProps) {
  const t = await getTranslations("staffAccess.release");
  const { startedAt, startedBy, finishedAt, finishedBy } = release;
  const by = (at: Date, who: string) => t("by", { at: formatInstant(at, language), who });
  return (
    <Facts
      items={[
        { label: t("letterTo"), value: release.contractNumber },
        { label: t("reason"), value: release.reason },
        { label: t("started"), value: by(startedAt, startedBy) },
        { label: t("expires"), value: formatInstant(release.expiresAt, language) },
        { label: t("wrong"), value: release.wrongCodes > 0 ? String(release.wrongCodes) : null },
        {
          label: t("finished"),
          value: finishedAt && finishedBy ? by(finishedAt, finishedBy) : null,
        },
      ]}
    />
  );
}

/** What can be done about an open release: the letter for who began it, the code for everybody else. */
export async function ReleaseSteps({
  release,
  language,
  ownedBy,
}: ReleaseProps & { ownedBy: string }) {
  const t = await getTranslations("staffAccess.release");
  const { id, startedBy } = release;
  const mine = release.startedById === ownedBy;
  return (
    <div className="mt-6 grid items-start gap-6 @2xl:grid-cols-2">
      <Card title={t("letterTitle")}>
        {mine ? (
          <>
            <p className="mb-4">{t("letterLead")}</p>
            {/* Not a page: each request is a print in the log, and none must be made ahead. */}
            <a
              href={localizedPath(language, `/staff/releases/${id}/letter`)}
              className={buttonClass()}
            >
              {t("letterOpen")}
            </a>
          </>
        ) : (
          <p>{t("letterNotYours", { who: startedBy })}</p>
        )}
      </Card>
      <Card title={t("codeTitle")}>
        {mine ? <p>{t("otherPerson")}</p> : <CodeForm releaseId={id} />}
      </Card>
    </div>
  );
}

async function CodeForm({ releaseId }: { releaseId: string }) {
  const t = await getTranslations("staffAccess.release");
  return (
    <>
      <p className="mb-4">{t("codeLead")}</p>
      <ActionForm
        action={finishReleaseAction}
        errorTitle={t("codeErrorTitle")}
        labels={{ code: t("code") }}
        idPrefix="finish-"
      >
        <input type="hidden" name="releaseId" value={releaseId} />
        <TextField
          name="code"
          label={t("code")}
          hint={t("codeHint")}
          spellCheck={false}
          autoComplete="off"
        />
        <SubmitButton>{t("codeSubmit")}</SubmitButton>
      </ActionForm>
    </>
  );
}

/** For as long as it is not finished: also a letter that is void or has expired. */
export async function CancelRelease({ releaseId }: { releaseId: string }) {
  const t = await getTranslations("staffAccess.release");
  return (
    <Card title={t("cancelTitle")} className="mt-6">
      <p className="mb-4">{t("cancelLead")}</p>
      <ActionForm
        action={cancelReleaseAction}
        errorTitle={t("cancelErrorTitle")}
        labels={{}}
        idPrefix="cancel-"
      >
        <input type="hidden" name="releaseId" value={releaseId} />
        <SubmitButton tone="danger">{t("cancelSubmit")}</SubmitButton>
      </ActionForm>
    </Card>
  );
}
