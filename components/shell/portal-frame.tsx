import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SignOut } from "@/components/accounts/sign-out";
import { currentLanguage } from "@/lib/auth/current";
import { PageFrame } from "./page-frame";
import { TabBar } from "./tab-bar";
import { TrailAbove } from "./trail-above";

/** The frame of every page that a signed-in customer reads, the public ones included. */
export async function PortalFrame({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
  const tTabs = await getTranslations("navigation.tabs");
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
      trail={<TrailAbove customer />}
      tabs={
        <TabBar
          language={await currentLanguage()}
          label={t("mainNavigation")}
          tabs={[
            { href: "/overview", label: tTabs("overview"), icon: "overview" },
            { href: "/bills", label: tTabs("bills"), icon: "bill" },
            { href: "/consumption", label: tTabs("consumption"), icon: "consumption" },
            { href: "/delivery", label: tTabs("delivery"), icon: "delivery" },
          ]}
          rest={rest}
          restLabel={tTabs("more")}
        />
      }
    >
      {children}
    </PageFrame>
  );
}
