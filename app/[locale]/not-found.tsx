import { getTranslations } from "next-intl/server";
import { PageFrame } from "@/components/shell/page-frame";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";

export default async function NotFoundPage() {
  const t = await getTranslations("common");
  return (
    <PageFrame home="/" links={[]}>
      <PageHeader title={t("notFoundTitle")}>{t("notFoundLead")}</PageHeader>
      <LocalLink href="/overview" className="text-accent underline">
        {t("toOverview")}
      </LocalLink>
    </PageFrame>
  );
}
