import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SendingBanner } from "@/components/dispatches/sending-banner";
import { UndeliveredTable } from "@/components/dispatches/undelivered-table";
import { WorklistFilter } from "@/components/dispatches/worklist-filter";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { listUndelivered } from "@/lib/dispatches/queries/worklist";
import { worklistSchema } from "@/lib/dispatches/schema";
import { sendingState } from "@/lib/mail/queries/sending-state";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("desk.undelivered"))("title") };
}

interface UndeliveredPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The worklist of what could not be delivered (R19): what to do stands on each bill's page. */
export default async function UndeliveredPage({ searchParams }: UndeliveredPageProps) {
  const ctx = await requireStaff();
  const choice = worklistSchema.parse(await searchParams);
  const [list, companies, sending] = await Promise.all([
    listUndelivered(ctx, choice),
    listCompanies(ctx.db),
    sendingState(ctx),
  ]);
  const { after: _page, ...filter } = choice;
  const asked = Object.entries(filter).filter((entry) => entry[1] !== undefined);
  const t = await getTranslations("desk.undelivered");
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <SendingBanner state={sending} language={language} />
      <WorklistFilter
        choice={choice}
        counts={list.counts}
        companies={companies}
        language={language}
      />
      {list.bills.length === 0 ? (
        <EmptyState next={{ href: "/staff/runs", label: t("toRuns") }}>{t("none")}</EmptyState>
      ) : (
        <UndeliveredTable bills={list.bills} language={language} />
      )}
      {list.next ? (
        <p className="mt-6">
          <LocalLink
            href={`/staff/undelivered?${new URLSearchParams([...asked, ["after", list.next]])}`}
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {t("next")}
          </LocalLink>
        </p>
      ) : null}
    </>
  );
}
