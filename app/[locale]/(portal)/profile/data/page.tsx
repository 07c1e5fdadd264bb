import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { OwnData } from "@/components/accounts/own-data";
import { PageHeader } from "@/components/ui/page-header";
import { findLiveExport } from "@/lib/accounts/queries/data-exports";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("ownData"))("title") };
}

export default async function OwnDataPage() {
  const ctx = await requireCustomer("/profile/data");
  const live = await findLiveExport(ctx);
  const t = await getTranslations("ownData");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <OwnData live={live} language={await currentLanguage()} />
    </>
  );
}
