import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import type { findReadingReceipt } from "@/lib/consumption/queries/told-readings";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, formatInstant } from "@/lib/time";
import { meterFigure } from "./meter-figure";
import { READING_TONES } from "./reading-tones";

interface ReceiptSheetProps {
  receipt: NonNullable<Awaited<ReturnType<typeof findReadingReceipt>>>;
  language: Language;
}

/** What was told when of which meter, and where it stands. */
export async function ReceiptSheet({ receipt, language }: ReceiptSheetProps) {
  const t = await getTranslations("readingReceipt");
  const tReading = await getTranslations("selfReading");
  const { state, refusal, decidedAt } = receipt;
  const inRome = (at: Date) => t("inRome", { at: formatInstant(at, language) });
  return (
    <Card className="max-w-3xl">
      <p className="mb-4">
        <Badge tone={READING_TONES[state]}>{tReading(`states.${state}`)}</Badge>
        {refusal ? <span className="block pt-2">{t(`refused.${refusal}`)}</span> : null}
      </p>
      <Facts
        items={[
          { label: tReading("figure"), value: meterFigure(receipt, language) },
          { label: tReading("readOn"), value: formatDate(receipt.readOn, language) },
          { label: t("meter"), value: receipt.meterSerial },
          { label: tReading("contract"), value: receipt.contractNumber },
          { label: t("company"), value: receipt.company },
          { label: t("sentAt"), value: inRome(receipt.submittedAt) },
          { label: t("decidedAt"), value: decidedAt ? inRome(decidedAt) : null },
          { label: tReading("receipt"), value: receipt.receiptCode },
        ]}
      />
    </Card>
  );
}
