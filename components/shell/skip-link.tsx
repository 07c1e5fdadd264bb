import { getTranslations } from "next-intl/server";

/** The first stop of the keyboard: past the navigation to the page's content. */
export async function SkipLink() {
  const t = await getTranslations("shell");
  return (
    <a
      href="#content"
      className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-accent focus:px-4 focus:py-3 focus:text-on-accent"
    >
      {t("skip")}
    </a>
  );
}
