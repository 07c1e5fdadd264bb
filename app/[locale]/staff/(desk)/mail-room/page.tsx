import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MailRoomExports, MailRoomWaiting } from "@/components/dispatches/mail-room-tables";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listMailRoom } from "@/lib/dispatches/queries/mail-room";
import { mayOperateRuns } from "@/lib/runs/rules";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("desk.mailRoom"))("title") };
}

/** What has to be printed outside the runs' own lists, and what was handed over already (R19). */
export default async function MailRoomPage() {
  const ctx = await requireStaff();
  const { waiting, exports } = await listMailRoom(ctx);
  const t = await getTranslations("desk.mailRoom");
  const language = await currentLanguage();
  const mayExport = mayOperateRuns(ctx.actor);
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <MailRoomWaiting waiting={waiting} mayExport={mayExport} language={language} />
      {mayExport ? null : <p className="mt-4 text-muted">{t("lookOnly")}</p>}
      <h2 className="mt-10 mb-4 font-semibold text-xl">{t("exports")}</h2>
      <MailRoomExports exports={exports} mayRead={mayExport} language={language} />
    </>
  );
}
