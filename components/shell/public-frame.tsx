import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SignOut } from "@/components/accounts/sign-out";
import { currentActor } from "@/lib/auth/current";
import { PageFrame } from "./page-frame";
import { PortalFrame } from "./portal-frame";
import { TrailAbove } from "./trail-above";

/** The frame of what is for everybody: whoever is signed in keeps their own way around. */
export async function PublicFrame({ children }: { children: ReactNode }) {
  const actor = await currentActor();
  if (actor?.kind === "customer") {
    return <PortalFrame>{children}</PortalFrame>;
  }
  const t = await getTranslations("shell");
  const trail = <TrailAbove />;
  return actor ? (
    <PageFrame
      home="/staff"
      aside={<SignOut />}
      links={[
        { href: "/staff", label: t("staffHome") },
        { href: "/staff/search", label: t("staffSearch") },
      ]}
      trail={trail}
    >
      {children}
    </PageFrame>
  ) : (
    <PageFrame
      home="/"
      links={[
        { href: "/signup", label: t("signup") },
        { href: "/login", label: t("login") },
      ]}
      trail={trail}
    >
      {children}
    </PageFrame>
  );
}
