import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SignOut } from "@/components/accounts/sign-out";
import { Breadcrumbs } from "@/components/shell/breadcrumbs";
import { PageFrame } from "@/components/shell/page-frame";
import { TabBar } from "@/components/shell/tab-bar";
import { currentActor, currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listCompanyNames } from "@/lib/contracts/queries/company-names";

/** Pages are named with the company that the customer knows; with several of the group, with the portal. */
export async function generateMetadata(): Promise<Metadata> {
  const actor = await currentActor();
  const names = actor?.kind === "customer" ? await listCompanyNames(await requireCustomer()) : [];
  const [only, ...others] = names;
  const site = (await getTranslations("common"))("productName");
  const whose = only && others.length === 0 ? only : site;
  return { title: { template: `%s · ${whose}`, default: site } };
}

/** Navigation only: each page asks for the signed-in customer itself. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
  const tNavigation = await getTranslations("navigation");
  const language = await currentLanguage();
  const rest = [
    { href: "/contracts", label: t("contracts") },
    { href: "/notifications", label: t("notifications") },
    { href: "/profile", label: t("profile") },
  ];
  return (
    <PageFrame
      home="/overview"
      aside={<SignOut />}
      links={[
        { href: "/overview", label: t("overview") },
        { href: "/bills", label: t("bills") },
        { href: "/consumption", label: t("consumption") },
        { href: "/contracts", label: t("contracts") },
        { href: "/delivery", label: t("delivery") },
        { href: "/notifications", label: t("notifications") },
        { href: "/profile", label: t("profile") },
      ]}
      trail={
        <Breadcrumbs
          language={language}
          label={tNavigation("trailLabel")}
          names={tNavigation.raw("trail")}
        />
      }
      tabs={
        <TabBar
          language={language}
          label={t("mainNavigation")}
          tabs={[
            { href: "/overview", label: tNavigation("tabs.overview"), icon: "overview" },
            { href: "/bills", label: tNavigation("tabs.bills"), icon: "bill" },
            { href: "/consumption", label: tNavigation("tabs.consumption"), icon: "consumption" },
            { href: "/delivery", label: tNavigation("tabs.delivery"), icon: "delivery" },
          ]}
          rest={rest}
          restLabel={tNavigation("tabs.more")}
        />
      }
    >
      {children}
    </PageFrame>
  );
}
