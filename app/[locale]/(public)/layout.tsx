import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PageFrame } from "@/components/shell/page-frame";

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
