import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MailArchiveList } from "@/components/mail/mail-archive-list";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listMailArchive } from "@/lib/mail/queries/mail-archive";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("title") };
}

interface NotificationsPageProps {
  searchParams: Promise<{ page?: string }>;
}

/** Every e-mail that we sent to the customer, as long as their bills are kept. */
export default async function NotificationsPage({ searchParams }: NotificationsPageProps) {
  const ctx = await requireCustomer("/notifications");
  const asked = Number((await searchParams).page);
  const page = Number.isInteger(asked) && asked > 1 && asked < 10_000 ? asked : 1;
  const { mails, more } = await listMailArchive(ctx, { page: page - 1 });
  const t = await getTranslations("notifications");
  const tNext = await getTranslations("navigation.next");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {mails.length === 0 ? (
        page > 1 ? (
          <EmptyState>{t("noMore")}</EmptyState>
        ) : (
          <EmptyState next={{ href: "/delivery", label: tNext("delivery") }}>
            {t("none")}
          </EmptyState>
        )
      ) : (
        <MailArchiveList mails={mails} language={await currentLanguage()} />
      )}
      {page > 1 || more ? (
        <nav aria-label={t("pages")} className="mt-6 flex flex-wrap gap-x-6 gap-y-2">
          {page > 1 ? (
            <LocalLink
              href={page === 2 ? "/notifications" : `/notifications?page=${page - 1}`}
              className="inline-block py-2 text-accent underline underline-offset-2"
            >
              {t("newer")}
            </LocalLink>
          ) : null}
          {more ? (
            <LocalLink
              href={`/notifications?page=${page + 1}`}
              className="inline-block py-2 text-accent underline underline-offset-2"
            >
              {t("older")}
            </LocalLink>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}
