import { getTranslations } from "next-intl/server";
import { elided, endsInWords } from "@/components/consumption/period-words";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { CheckboxField, TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { setAlertAction } from "@/lib/consumption/actions";
import { type Commodity, formatWithUnit } from "@/lib/consumption/quantity";
import type { AlertState } from "@/lib/consumption/queries/alerts";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

interface UnusualCardProps {
  contractId: string;
  state: AlertState;
  commodity: Commodity;
  /** Whether its days are measured by the hour or finer: only then do nights tell anything. */
  byHour: boolean;
  language: Language;
}

const DEFAULT_PERCENT = 50;

/** What was noticed of late, if anybody looked, and whether to be told by mail (R25). */
export async function UnusualCard(props: UnusualCardProps) {
  const { contractId, state, commodity, byHour, language } = props;
  const t = await getTranslations("statistics.alert");
  const amount = (base: number) => formatWithUnit(base, commodity, language);
  const { findings, thresholdPercent, lookedTo } = state;
  const none =
    thresholdPercent === null
      ? t("notAsked")
      : lookedTo === null
        ? t("notLooked")
        : t("none", { day: formatDate(lookedTo, language), elided: elided(lookedTo) });
  const nights = byHour && (commodity === "water" || commodity === "electricity");
  return (
    <Card title={t("title")} className="mb-6">
      {findings.length === 0 ? (
        <p className="mb-4 max-w-prose">{none}</p>
      ) : (
        <ul className="mb-4 grid max-w-prose gap-2">
          {findings.map(({ kind, fromDay, toDay, measured, usual }) => (
            <li key={`${kind} ${fromDay}`} className="border-warning border-l-4 pl-3">
              {t(kind, {
                ...endsInWords({ from: fromDay, to: toDay }, language),
                measured: amount(measured),
                usual: amount(usual),
              })}
            </li>
          ))}
        </ul>
      )}
      <p className="mb-5 max-w-prose text-muted">{t(`lead.${nights ? commodity : "week"}`)}</p>
      <ActionForm
        action={setAlertAction}
        errorTitle={t("errorTitle")}
        labels={{ tell: t("tell"), thresholdPercent: t("threshold") }}
        className="max-w-md"
      >
        <input type="hidden" name="contractId" value={contractId} />
        <CheckboxField name="tell" label={t("tell")} defaultChecked={thresholdPercent !== null} />
        <TextField
          name="thresholdPercent"
          label={t("threshold")}
          hint={
            byHour && commodity === "electricity"
              ? `${t("thresholdHint")} ${t("baseLoadHint")}`
              : t("thresholdHint")
          }
          inputMode="numeric"
          defaultValue={String(thresholdPercent ?? DEFAULT_PERCENT)}
        />
        <SubmitButton tone="quiet">{t("save")}</SubmitButton>
      </ActionForm>
    </Card>
  );
}
