import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { requireStaff } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("deskTitle") };
}

export default async function DeskPage() {
  const { actor } = await requireStaff();
  const t = await getTranslations("staff");
  return (
    <>
      <PageHeader title={t("deskTitle")}>{t("deskLead", { name: actor.name })}</PageHeader>
      <div className="grid gap-6 sm:grid-cols-2">
        <Card title={t("emailsCard")}>
          <p className="mb-4">{t("emailsCardLead")}</p>
          <LocalLink href="/staff/emails" className={buttonClass("quiet")}>
            {t("emailsOpen")}
          </LocalLink>
        </Card>
      </div>
    </>
  );
}
