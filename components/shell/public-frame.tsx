import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SignOut } from "@/components/accounts/sign-out";
import { currentActor } from "@/lib/auth/current";
import { PageFrame } from "./page-frame";
import { PortalFrame } from "./portal-frame";
import { TrailAbove } from "./trail-above";

interface PublicFrameProps {
  /** The staff's entrance, from which nothing leads on. One frame for both: its scripts then come once. */
  entrance?: boolean;
  children: ReactNode;
}

/** The frame of what is for everybody: whoever is signed in keeps their own way around. */
export async function PublicFrame({ entrance = false, children }: PublicFrameProps) {
  if (entrance) {
    return (
      <PageFrame home="/staff" links={[]}>
        {children}
      </PageFrame>
    );
  }
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
