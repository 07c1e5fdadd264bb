import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SignOut } from "@/components/accounts/sign-out";
import { PageFrame } from "@/components/shell/page-frame";

/** Navigation only: each page asks for the signed-in customer itself. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
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
    >
      {children}
    </PageFrame>
  );
}
