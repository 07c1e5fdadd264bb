import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PortalFrame } from "@/components/shell/portal-frame";
import { currentOnlyCompany } from "@/lib/auth/current";

/** Pages are named with the company that the customer knows; with several of the group, with the portal. */
export async function generateMetadata(): Promise<Metadata> {
  const site = (await getTranslations("common"))("productName");
  return { title: { template: `%s · ${(await currentOnlyCompany()) ?? site}`, default: site } };
}

/** Navigation only: each page asks for the signed-in customer itself. */
export default function PortalLayout({ children }: { children: ReactNode }) {
  return <PortalFrame>{children}</PortalFrame>;
}
