import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { FileField } from "@/components/ui/file-field";
import { Notice } from "@/components/ui/notice";
import { PHOTO_OUTCOMES, PHOTO_TYPES, photoMegabytes } from "@/lib/consumption/photo/clean-photo";
import type { findReadingReceipt } from "@/lib/consumption/queries/told-readings";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { MeterPhoto } from "./meter-photo";
import { ShrinkPhoto } from "./shrink-photo";

interface ReceiptPhotoProps {
  receipt: NonNullable<Awaited<ReturnType<typeof findReadingReceipt>>>;
  language: Language;
  /** What became of the last one that was sent, from the address. */
  outcome: string | undefined;
}

/** The photo of the meter: shown where there is one, and asked for as long as nobody has decided. */
export async function ReceiptPhoto({ receipt, language, outcome }: ReceiptPhotoProps) {
  const t = await getTranslations("readingReceipt.photo");
  const { state, photoAddedAt } = receipt;
  const path = localizedPath(language, `/consumption/self-reading/${receipt.receiptCode}/photo`);
  const waits = state === "submitted";
  const known = PHOTO_OUTCOMES.find((one) => one === outcome);
  if (!waits && !photoAddedAt) {
    return null;
  }
  const size = photoMegabytes();
  const problem = known && known !== "added" ? t(`problem.${known}`, { size }) : null;
  return (
    <div
      id="photo"
      className="mt-6 max-w-3xl scroll-mt-4"
      data-print={photoAddedAt ? undefined : "no"}
    >
      <Card title={t(photoAddedAt ? "title" : "titleAsk")}>
        {known === "added" && photoAddedAt ? <Notice tone="success">{t("added")}</Notice> : null}
        {photoAddedAt ? <MeterPhoto path={path} addedAt={photoAddedAt} alt={t("alt")} /> : null}
        {waits ? (
          <form method="post" encType="multipart/form-data" action={path} data-print="no">
            <FileField
              name="photo"
              label={t(photoAddedAt ? "another" : "field")}
              hint={t("hint", { size })}
              accept={Object.values(PHOTO_TYPES).join(",")}
              error={problem}
              required
            />
            <ShrinkPhoto mostBytes={size * 1024 * 1024} />
            <button type="submit" className={buttonClass("quiet")}>
              {t("send")}
            </button>
          </form>
        ) : null}
      </Card>
    </div>
  );
}
