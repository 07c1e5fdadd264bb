import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ReleasesTable } from "@/components/support/releases-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listReleases } from "@/lib/support/queries/releases";
import { releasesSchema } from "@/lib/support/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffAccess.releases"))("title") };
}

interface ReleasesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Releases of lost mailboxes (R6), the latest first. */
export default async function ReleasesPage({ searchParams }: ReleasesPageProps) {
  const ctx = await requireStaff();
  const { releases, next } = await listReleases(ctx, releasesSchema.parse(await searchParams));
  const t = await getTranslations("staffAccess.releases");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {releases.length === 0 ? (
        <EmptyState next={{ href: "/staff/search", label: t("toSearch") }}>{t("none")}</EmptyState>
      ) : (
        <ReleasesTable releases={releases} language={await currentLanguage()} />
      )}
      {next ? (
        <p className="mt-6">
          <LocalLink
            href={`/staff/releases?${new URLSearchParams({ after: next })}`}
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {t("next")}
          </LocalLink>
        </p>
      ) : null}
    </>
  );
}
