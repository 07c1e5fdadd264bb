import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { publicMetadata } from "@/components/shell/public-metadata";
import { CasePage } from "@/components/support/case-page";
import { casePageSchema } from "@/lib/support/schema";

interface ComplaintsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("cases"))("complaint.title");
  return await publicMetadata("/complaints", { title, description: { name: "complaints" } });
}

/** "Reclami": for everybody, without registering; `?contract=` has a customer's supply chosen. */
export default async function ComplaintsPage({ searchParams }: ComplaintsPageProps) {
  const { contract } = casePageSchema.parse(await searchParams);
  return <CasePage kind="complaint" contractId={contract} />;
}
