import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AccentTable, TokenTable } from "@/components/design/colour-tables";
import { FormExamples, type FormWords } from "@/components/design/form-examples";
import { Everywhere, WaitingExamples } from "@/components/design/habit-examples";
import {
  ButtonExamples,
  ContentExamples,
  MessageExamples,
} from "@/components/design/part-examples";
import { SpaceScale, TypeScale } from "@/components/design/scales";
import { ThemePair } from "@/components/design/theme-pair";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("design"))("title") };
}

/** The parts that every page is made of, living, in both themes; the numbers are measured as the page is written. */
export default async function DesignPage() {
  const { db } = await requireStaff();
  const companies = await listCompanies(db);
  const language = await currentLanguage();
  const t = await getTranslations("design");
  const words: FormWords = t.raw("form");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <ThemePair title={t("colours.title")} wide>
        {(theme) => (
          <>
            <TokenTable theme={theme} language={language} />
            <div className="h-8" />
            <AccentTable companies={companies} theme={theme} language={language} />
          </>
        )}
      </ThemePair>
      <ThemePair title={t("type.title")}>{() => <TypeScale />}</ThemePair>
      <ThemePair title={t("space.title")}>{() => <SpaceScale />}</ThemePair>
      <ThemePair title={t("buttons.title")}>{() => <ButtonExamples />}</ThemePair>
      <ThemePair title={t("messages.title")}>{() => <MessageExamples />}</ThemePair>
      <ThemePair title={t("waiting.title")}>{() => <WaitingExamples />}</ThemePair>
      <ThemePair title={t("form.title")}>
        {(theme) => <FormExamples idPrefix={`${theme}-`} words={words} />}
      </ThemePair>
      <ThemePair title={t("content.title")}>
        {() => <ContentExamples language={language} />}
      </ThemePair>
      <Everywhere />
    </>
  );
}
