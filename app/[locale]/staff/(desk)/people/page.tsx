import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { InviteForm } from "@/components/staff/invite-form";
import { PeopleList } from "@/components/staff/people-list";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { requireStaff } from "@/lib/auth/current";
import { listStaff } from "@/lib/staff/queries";
import { mayManageStaff } from "@/lib/staff/rules";
import { peoplePageSchema } from "@/lib/staff/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffAccess.people"))("title") };
}

interface PeoplePageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Who signs in under /staff: admins invite, change and disable; others are told that it is not theirs. */
export default async function PeoplePage({ searchParams }: PeoplePageProps) {
  const ctx = await requireStaff();
  const t = await getTranslations("staffAccess.people");
  if (!mayManageStaff(ctx.actor)) {
    return (
      <>
        <PageHeader title={t("title")} />
        <Notice tone="warning">{t("forbidden")}</Notice>
      </>
    );
  }
  const people = await listStaff(ctx);
  const { did } = peoplePageSchema.parse(await searchParams);
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {did ? (
        <Notice tone="success" announced>
          {t(`did.${did}`)}
        </Notice>
      ) : null}
      <div className="grid items-start gap-6 @2xl:grid-cols-2">
        <section aria-labelledby="people">
          <h2 id="people" className="mb-4 font-semibold text-xl">
            {t("list")}
          </h2>
          <PeopleList people={people} me={ctx.actor.staffId} />
        </section>
        <Card title={t("inviteTitle")}>
          <InviteForm />
        </Card>
      </div>
    </>
  );
}
