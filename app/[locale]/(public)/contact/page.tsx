import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CasePage } from "@/components/support/case-page";
import { contactSchema } from "@/lib/support/schema";

interface ContactPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("cases"))("question.title") };
}

/** "Contatti": a question to support, with a receipt; `?topic=` has its topic chosen. */
export default async function ContactPage({ searchParams }: ContactPageProps) {
  const { topic } = contactSchema.parse(await searchParams);
  return <CasePage kind="question" topic={topic} />;
}
