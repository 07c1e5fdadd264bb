import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { submitSelfReadingAction } from "@/lib/consumption/actions";
import type { MeterToRead } from "@/lib/consumption/queries/self-readings";
import { isOpen, METER_UNITS, nextOpenDays } from "@/lib/consumption/self-reading";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";
import { ConfirmCount } from "./confirm-count";

interface MeterCardProps {
  meter: MeterToRead;
  /** Europe/Rome. */
  today: string;
  language: Language;
}

/** Whether the meter may be read now, and the form for it. */
export async function MeterCard({ meter, today, language }: MeterCardProps) {
  const t = await getTranslations("selfReading");
  const days = nextOpenDays(meter.windows, today);
  const dates = days && {
    from: formatDate(days.from, language),
    to: formatDate(days.to, language),
  };
  const open = isOpen(days, today);
  const title = meter.meterSerial ? t("meter", { serial: meter.meterSerial }) : t("title");
  if (meter.readRemotely || !dates) {
    return (
      <Card title={title} className="mb-6">
        <p>{t(meter.readRemotely ? "readRemotely" : "noWindow")}</p>
      </Card>
    );
  }
  return (
    <Card title={title} className="mb-6">
      <p className="mb-5">{t(open ? "openNow" : "closedNow", dates)}</p>
      {open ? (
        <ActionForm
          action={submitSelfReadingAction}
          errorTitle={t("errorTitle")}
          labels={{
            count: t("count", { unit: METER_UNITS[meter.commodity] }),
            readOn: t("readOn"),
            confirmed: t("confirmed"),
          }}
          className="max-w-md"
        >
          <input type="hidden" name="contractId" value={meter.contractId} />
          <TextField
            name="count"
            label={t("count", { unit: METER_UNITS[meter.commodity] })}
            hint={t("countHint")}
            inputMode="decimal"
            autoComplete="off"
          />
          <TextField name="readOn" type="date" label={t("readOn")} defaultValue={today} />
          <ConfirmCount label={t("confirmed")} />
          <p className="mb-4 text-muted text-sm">{t("photoNext")}</p>
          <SubmitButton>{t("send")}</SubmitButton>
        </ActionForm>
      ) : null}
    </Card>
  );
}
