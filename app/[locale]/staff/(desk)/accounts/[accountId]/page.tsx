import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { AccountFacts, EndSessions, StartRelease } from "@/components/support/account-access";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { NotFoundError } from "@/lib/errors";
import { readAccount } from "@/lib/support/commands/read-account";
import { accountSchema } from "@/lib/support/schema";

interface AccountPageProps {
  params: Promise<{ accountId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Nothing of the account: each reading of it is audited, and this would be another. */
export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffAccess.account"))("title") };
}

/** A customer's access, and what staff can do about it; never a password. */
export default async function AccountPage({ params, searchParams }: AccountPageProps) {
  const ctx = await requireStaff();
  const asked = accountSchema.safeParse(await params);
  if (!asked.success) {
    notFound();
  }
  const sheet = await readAccount(ctx, asked.data.accountId).catch((error: unknown) => {
    if (error instanceof NotFoundError) {
      notFound();
    }
    throw error;
  });
  const { did } = await searchParams;
  const t = await getTranslations("staffAccess.account");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {did === "sessions" ? (
        <Notice tone="success" announced>
          {t("did.sessions")}
        </Notice>
      ) : null}
      <div className="grid items-start gap-6 @2xl:grid-cols-2">
        <Card title={sheet.holderName}>
          <AccountFacts sheet={sheet} language={await currentLanguage()} />
        </Card>
        <div className="grid gap-6">
          <EndSessions accountId={sheet.id} />
          <StartRelease sheet={sheet} />
        </div>
      </div>
    </>
  );
}
