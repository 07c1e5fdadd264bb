import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { THEMES, type Theme } from "@/lib/companies/palette";

interface ThemePairProps {
  title: string;
  /** Below each other, where half the width is too little. */
  wide?: boolean;
  /** Once for each theme; ids of the examples begin with its name. */
  children: (theme: Theme) => ReactNode;
}

/** The same examples in the light and in the dark theme, beside each other. */
export async function ThemePair({ title, wide, children }: ThemePairProps) {
  const t = await getTranslations("theme");
  return (
    <section className="mt-12">
      <h2 className="mb-4 font-semibold text-xl">{title}</h2>
      <div className={wide ? "grid gap-6" : "grid gap-6 @4xl:grid-cols-2"}>
        {THEMES.map((theme) => (
          <div
            key={theme}
            data-theme={theme}
            className="min-w-0 rounded-lg border border-line bg-surface p-4 text-ink sm:p-6"
          >
            <p className="mb-4 text-muted text-sm">{t(theme)}</p>
            {children(theme)}
          </div>
        ))}
      </div>
    </section>
  );
}
