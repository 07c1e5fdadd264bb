import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SendingBanner } from "@/components/dispatches/sending-banner";
import { PressingComplaints } from "@/components/support/pressing-complaints";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { sendingState } from "@/lib/mail/queries/sending-state";
import { countPressing } from "@/lib/support/queries/cases";
import { romeDay } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("deskTitle") };
}

const CARDS = [
  ["search", "/staff/search"],
  ["attempts", "/staff/attempts"],
  ["releases", "/staff/releases"],
  ["cases", "/staff/complaints"],
  ["runs", "/staff/runs"],
  ["delivery", "/staff/delivery"],
  ["undelivered", "/staff/undelivered"],
  ["mailRoom", "/staff/mail-room"],
  ["mandateRequests", "/staff/mandate-requests"],
  ["emails", "/staff/emails"],
  ["people", "/staff/people"],
] as const;

export default async function DeskPage() {
  const ctx = await requireStaff();
  const sending = await sendingState(ctx);
  const complaints = await countPressing(ctx, romeDay(new Date()));
  const t = await getTranslations("staff");
  return (
    <>
      <PageHeader title={t("deskTitle")}>{t("deskLead", { name: ctx.actor.name })}</PageHeader>
      <SendingBanner state={sending} language={await currentLanguage()} />
      <PressingComplaints {...complaints} />
      <div className="grid gap-6 @lg:grid-cols-2">
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
