import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PortalFrame } from "@/components/shell/portal-frame";
import { currentActor, requireCustomer } from "@/lib/auth/current";
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
export default function PortalLayout({ children }: { children: ReactNode }) {
  return <PortalFrame>{children}</PortalFrame>;
}
