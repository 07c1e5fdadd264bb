import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { prepareDataExportAction } from "@/lib/accounts/actions/own-data";
import type { DataExport } from "@/lib/accounts/queries/data-exports";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface OwnDataProps {
  /** What can be downloaded now; null while nothing was prepared. */
  live: DataExport | null;
  language: Language;
}

/** "Download my data": the password first, then for a day the archive. */
export async function OwnData({ live, language }: OwnDataProps) {
  const t = await getTranslations("ownData");
  return (
    <Card>
      <p className="mb-4 max-w-prose">{t("how")}</p>
      {live ? (
        <div className="mb-6">
          <p className="mb-3">{t("ready", { until: formatInstant(live.expiresAt, language) })}</p>
          {/* Not next/link: there is no page behind it, but a file. */}
          <a
            href={localizedPath(language, `/profile/data/${live.id}`)}
            className={buttonClass("primary")}
          >
            {t("download")}
          </a>
        </div>
      ) : null}
      <ActionForm
        action={prepareDataExportAction}
        errorTitle={t("errorTitle")}
        labels={{ password: t("password") }}
        idPrefix="own-data-"
        className="max-w-md"
      >
        <TextField
          name="password"
          type="password"
          label={t("password")}
          autoComplete="current-password"
        />
        <SubmitButton tone="quiet">{t(live ? "again" : "submit")}</SubmitButton>
      </ActionForm>
    </Card>
  );
}
