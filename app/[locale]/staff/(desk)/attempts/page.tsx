import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AttemptSearchForm } from "@/components/support/attempt-search-form";
import { AttemptsFilter } from "@/components/support/attempts-filter";
import { AttemptsTable } from "@/components/support/attempts-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { readAttempts } from "@/lib/support/commands/read-attempts";
import { attemptsSchema } from "@/lib/support/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffAccess.attempts"))("title") };
}

interface AttemptsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** "Why can I not register?": attempts and their reasons, masked (R3). */
export default async function AttemptsPage({ searchParams }: AttemptsPageProps) {
  const ctx = await requireStaff();
  const choice = attemptsSchema.parse(await searchParams);
  const [{ attempts, next }, companies] = await Promise.all([
    readAttempts(ctx, choice),
    listCompanies(ctx.db),
  ]);
  const { after: _page, ...filter } = choice;
  const asked = Object.entries(filter).filter((entry) => entry[1] !== undefined);
  const t = await getTranslations("staffAccess.attempts");
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <AttemptSearchForm />
      <AttemptsFilter choice={choice} companies={companies} language={language} />
      {attempts.length === 0 ? (
        <EmptyState>{t("none")}</EmptyState>
      ) : (
        <AttemptsTable attempts={attempts} language={language} />
      )}
      {next ? (
        <p className="mt-6">
          <LocalLink
            href={`/staff/attempts?${new URLSearchParams([...asked, ["after", next]])}`}
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {t("next")}
          </LocalLink>
        </p>
      ) : null}
    </>
  );
}
