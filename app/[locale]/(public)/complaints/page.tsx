import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CasePage } from "@/components/support/case-page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("cases"))("complaint.title") };
}

/** "Reclami": for everybody, without registering. */
export default function ComplaintsPage() {
  return <CasePage kind="complaint" />;
}
