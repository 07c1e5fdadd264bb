import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { DecisionForms } from "@/components/self-reading/decision-forms";
import { DeskFacts } from "@/components/self-reading/desk-facts";
import { MeterPhoto } from "@/components/self-reading/meter-photo";
import { READING_TONES } from "@/components/self-reading/reading-tones";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { findDeskReading } from "@/lib/consumption/queries/told-readings";
import { mayDecideReadings } from "@/lib/consumption/rules";
import { receiptCodeSchema } from "@/lib/consumption/schema";
import { localizedPath } from "@/lib/i18n/languages";

interface DeskReadingPageProps {
  params: Promise<{ code: string }>;
}

export async function generateMetadata({ params }: DeskReadingPageProps): Promise<Metadata> {
  const t = await getTranslations("readingDesk");
  return { title: t("title", { code: (await params).code }) };
}

/** One self-reading, and its decision: operators and admins make it, support looks. */
export default async function DeskReadingPage({ params }: DeskReadingPageProps) {
  const ctx = await requireStaff();
  const code = receiptCodeSchema.safeParse((await params).code);
  const reading = code.success ? await findDeskReading(ctx, code.data) : null;
  if (!reading) {
    notFound();
  }
  const t = await getTranslations("readingDesk");
  const tReading = await getTranslations("selfReading");
  const language = await currentLanguage();
  const { photoAddedAt } = reading;
  const waits = reading.state === "submitted";
  return (
    <>
      <p className="mb-4">
        <LocalLink href="/staff/self-readings" className="text-accent underline">
          {t("back")}
        </LocalLink>
      </p>
      <PageHeader title={t("title", { code: reading.receiptCode })}>{reading.company}</PageHeader>
      <Card className="max-w-3xl">
        <p className="mb-4">
          <Badge tone={READING_TONES[reading.state]}>{tReading(`states.${reading.state}`)}</Badge>
        </p>
        <DeskFacts reading={reading} language={language} />
        {photoAddedAt ? (
          <MeterPhoto
            path={localizedPath(language, `/staff/self-readings/${reading.receiptCode}/photo`)}
            addedAt={photoAddedAt}
            alt={t("photoAlt")}
          />
        ) : null}
      </Card>
      {waits && mayDecideReadings(ctx.actor) ? (
        <DecisionForms receiptCode={reading.receiptCode} />
      ) : null}
      {waits && !mayDecideReadings(ctx.actor) ? (
        <p className="mt-6 text-muted">{t("looksOnly")}</p>
      ) : null}
    </>
  );
}
