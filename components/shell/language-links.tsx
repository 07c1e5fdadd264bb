"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { LANGUAGES, localizedPath } from "@/lib/i18n/languages";
import { plainPath } from "./trail";

const NAMES = { it: "Italiano", en: "English", de: "Deutsch" } as const;

/** The page one is on, in the other languages; each named in its own. */
export function LanguageLinks({ current }: { current: string }) {
  const path = plainPath(usePathname());
  // With what was asked for: a filter, a period, a mailed link's token.
  const query = useSearchParams().toString();
  return (
    <ul className="flex gap-4">
      {LANGUAGES.map((language) => (
        <li key={language}>
          <a
            href={`${localizedPath(language, path)}${query ? `?${query}` : ""}`}
            hrefLang={language}
            lang={language}
            aria-current={language === current ? "true" : undefined}
            className="inline-block py-1 text-muted underline underline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:no-underline"
          >
            {NAMES[language]}
          </a>
        </li>
      ))}
    </ul>
  );
}
