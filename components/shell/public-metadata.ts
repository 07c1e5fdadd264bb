import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { currentLanguage } from "@/lib/auth/current";
import { languageAlternates } from "@/lib/i18n/languages";

/** A text of the namespace `descriptions`, with what it names. */
type Description =
  | { name: "home"; companies: string }
  | { name: "signup" | "login" }
  | { name: "help" | "contact" | "complaints" | "accessibility" | "privacy" }
  | { name: "homeOf" | "sampleBill" | "directDebit"; company: string };

/** What search engines are told of a page for everybody: its name, a description, and itself in the other languages. */
export async function publicMetadata(
  path: string,
  {
    title,
    description: { name, ...values },
  }: { title: Metadata["title"]; description: Description },
): Promise<Metadata> {
  const languages = languageAlternates(path);
  return {
    title,
    description: (await getTranslations("descriptions"))(name, values),
    alternates: { canonical: languages[await currentLanguage()], languages },
  };
}
