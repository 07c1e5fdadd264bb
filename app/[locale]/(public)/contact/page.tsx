import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { publicMetadata } from "@/components/shell/public-metadata";
import { CasePage } from "@/components/support/case-page";
import { casePageSchema } from "@/lib/support/schema";

interface ContactPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("cases"))("question.title");
  return await publicMetadata("/contact", { title, description: { name: "contact" } });
}

/** "Contatti": a question to support, with a receipt; `?topic=` and `?contract=` have them chosen. */
export default async function ContactPage({ searchParams }: ContactPageProps) {
  const { topic, contract } = casePageSchema.parse(await searchParams);
  return <CasePage kind="question" topic={topic} contractId={contract} />;
}
