import { getLocale, getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { LanguageLinks } from "./language-links";
import { ThemeChooser } from "./theme-chooser";

const PAGES = [
  ["help", "/help"],
  ["contact", "/contact"],
  ["complaints", "/complaints"],
  ["accessibility", "/accessibility"],
  ["privacy", "/privacy"],
] as const;

/** Whose site this is, the pages that everybody may need, and the other languages. */
export async function SiteFooter() {
  const t = await getTranslations("shell");
  const locale = await getLocale();
  return (
    // At least as high as it will be: below a short page it stands at the lower edge, and would rise while it comes in.
    <footer
      className="min-h-64 border-line border-t min-[30rem]:min-h-41 lg:min-h-30"
      data-print="no"
    >
      <div className="mx-auto grid max-w-5xl gap-4 px-4 py-6 text-muted text-sm sm:px-6">
        <nav aria-label={t("service")}>
          <ul className="flex flex-wrap gap-x-5">
            {PAGES.map(([name, href]) => (
              <li key={href}>
                <LocalLink
                  href={href}
                  className="inline-block py-1 text-muted underline underline-offset-2"
                >
                  {t(name)}
                </LocalLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex flex-wrap justify-between gap-4">
          <p className="py-1">{t("footer")}</p>
          <ThemeChooser />
          <nav aria-label={t("languages")}>
            <LanguageLinks current={locale} />
          </nav>
        </div>
      </div>
    </footer>
  );
}
