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

const CARDS = [
  ["runs", "/staff/runs"],
  ["delivery", "/staff/delivery"],
  ["mandateRequests", "/staff/mandate-requests"],
  ["emails", "/staff/emails"],
] as const;

export default async function DeskPage() {
  const { actor } = await requireStaff();
  const t = await getTranslations("staff");
  return (
    <>
      <PageHeader title={t("deskTitle")}>{t("deskLead", { name: actor.name })}</PageHeader>
      <div className="grid gap-6 sm:grid-cols-2">
        {CARDS.map(([card, href]) => (
          <Card key={card} title={t(`${card}Card`)}>
            <p className="mb-4">{t(`${card}CardLead`)}</p>
            <LocalLink href={href} className={buttonClass("quiet")}>
              {t(`${card}Open`)}
            </LocalLink>
          </Card>
        ))}
      </div>
    </>
  );
}
