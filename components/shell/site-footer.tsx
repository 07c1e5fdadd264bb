import { getLocale, getTranslations } from "next-intl/server";
import { LanguageLinks } from "./language-links";
import { ThemeChooser } from "./theme-chooser";

/** Whose site this is, and the other languages. */
export async function SiteFooter() {
  const t = await getTranslations("shell");
  const locale = await getLocale();
  return (
    <footer className="border-line border-t" data-print="no">
      <div className="mx-auto flex max-w-5xl flex-wrap justify-between gap-4 px-4 py-6 text-muted text-sm sm:px-6">
        <p>{t("footer")}</p>
        <ThemeChooser />
        <nav aria-label={t("languages")}>
          <LanguageLinks current={locale} />
        </nav>
      </div>
    </footer>
  );
}
