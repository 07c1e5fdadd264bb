import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { DispatchOrders } from "@/components/dispatches/dispatch-orders";
import { PassportCard } from "@/components/dispatches/passport-card";
import { LiveRefresh } from "@/components/ui/live-refresh";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listDispatchOrders } from "@/lib/dispatches/queries/dispatch-orders";
import { findPassport } from "@/lib/dispatches/queries/passport";

interface StaffBillPageProps {
  params: Promise<{ id: string }>;
}

const loadPassport = cache(
  async (id: string) => (await findPassport(await requireStaff(), id)) ?? notFound(),
);

export async function generateMetadata({ params }: StaffBillPageProps): Promise<Metadata> {
  const { document } = await loadPassport((await params).id);
  const t = await getTranslations("passport");
  return { title: t("title", { bill: document.billNumber }) };
}

/** A bill's passport as its customer sees it, and what staff can do about it and have done. */
export default async function StaffBillPage({ params }: StaffBillPageProps) {
  const passport = await loadPassport((await params).id);
  const { document } = passport;
  const orders = await listDispatchOrders(await requireStaff(), document.id);
  const t = await getTranslations("desk.bill");
  const tPassport = await getTranslations("passport");
  const language = await currentLanguage();
  const contract = new URLSearchParams({
    company: document.companySlug,
    contract: document.contractNumber,
  });
  const preview = new URLSearchParams({
    template: "new-bill",
    company: document.companySlug,
    bill: document.id,
  });
  return (
    <>
      <PageHeader title={tPassport("title", { bill: document.billNumber })}>
        {t("lead", { company: document.companyName, contract: document.contractNumber })}
      </PageHeader>
      <ul className="-mt-4 mb-6 flex flex-wrap gap-x-6">
        {[
          { href: `/staff/delivery?${contract}`, label: t("toContract") },
          { href: `/staff/emails?${preview}`, label: t("toPreview") },
          { href: "/staff/undelivered", label: t("toWorklist") },
        ].map(({ href, label }) => (
          <li key={href}>
            <LocalLink
              href={href}
              className="inline-block py-2 text-accent underline underline-offset-2"
            >
              {label}
            </LocalLink>
          </li>
        ))}
      </ul>
      <PassportCard passport={passport} language={language} mailsAt="/staff/notifications" />
      <DispatchOrders passport={passport} orders={orders} language={language} />
      {orders.some(({ finishedAt }) => finishedAt === null) ? <LiveRefresh /> : null}
    </>
  );
}
