import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("profile"))("deleted.title") };
}

/** Says that a deletion is done (R7); anybody may read it, it knows nobody. */
export default async function AccountDeletedPage() {
  const t = await getTranslations("profile");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("deleted.title")}>{t("deleted.lead")}</PageHeader>
      <p>{t("deleted.next")}</p>
      <p className="mt-4">
        {t.rich("deleted.again", {
          link: (text) => (
            <LocalLink href="/signup" className="text-accent underline">
              {text}
            </LocalLink>
          ),
        })}
      </p>
    </div>
  );
}
