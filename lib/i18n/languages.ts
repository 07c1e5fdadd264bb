/** The first is the default and has no prefix in addresses (R29). */
export const LANGUAGES = ["it", "en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
export const DEFAULT_LANGUAGE: Language = "it";

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

/** A page's address in every language, by what `hreflang` calls it; the default stands for all others too. */
export function languageAlternates(path: string): Record<Language | "x-default", string> {
  const [it, en, de] = LANGUAGES.map((language) => localizedPath(language, path)) as [
    string,
    string,
    string,
  ];
  return { it, en, de, "x-default": it };
}

/** The address of a page in a language: `/bills`, `/en/bills`, `/de/bills`. */
export function localizedPath(language: Language, path: string): string {
  return language === DEFAULT_LANGUAGE ? path : `/${language}${path === "/" ? "" : path}`;
}
