import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { ArchivedMail } from "@/components/mail/archived-mail";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { archivedMailKey, findArchivedMail } from "@/lib/mail/queries/mail-archive";

interface NotificationPageProps {
  params: Promise<{ key: string[] }>;
}

const loadMail = cache(async (path: string) => {
  const ctx = await requireCustomer(`/notifications/${path}`);
  const key = archivedMailKey(path.split("/"));
  return (key && (await findArchivedMail(ctx, key))) ?? notFound();
});

export async function generateMetadata({ params }: NotificationPageProps): Promise<Metadata> {
  return { title: (await loadMail((await params).key.join("/"))).subject };
}

/** One e-mail, as it was sent. */
export default async function NotificationPage({ params }: NotificationPageProps) {
  const mail = await loadMail((await params).key.join("/"));
  const t = await getTranslations("notifications");
  return (
    <>
      <PageHeader title={mail.subject}>
        {mail.document ? (
          <LocalLink href={`/bills/${mail.document.id}`} className="text-accent underline">
            {t("openBill", { bill: mail.document.billNumber })}
          </LocalLink>
        ) : null}
      </PageHeader>
      <ArchivedMail mail={mail} language={await currentLanguage()} base="/notifications" />
    </>
  );
}
