import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { publicMetadata } from "@/components/shell/public-metadata";
import { CasePage } from "@/components/support/case-page";

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("cases"))("complaint.title");
  return await publicMetadata("/complaints", { title, description: { name: "complaints" } });
}

/** "Reclami": for everybody, without registering. */
export default function ComplaintsPage() {
  return <CasePage kind="complaint" />;
}
