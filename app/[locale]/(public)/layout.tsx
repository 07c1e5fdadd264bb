import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PageFrame } from "@/components/shell/page-frame";

/** For everybody, so also for search engines; everything else is not (app/[locale]/layout.tsx). */
export const metadata: Metadata = { robots: { index: true, follow: true } };

export default async function PublicLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
  return (
    <PageFrame
      home="/"
      links={[
        { href: "/signup", label: t("signup") },
        { href: "/login", label: t("login") },
      ]}
    >
      {children}
    </PageFrame>
  );
}
