import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { LocalLink } from "@/components/ui/local-link";

export interface NavLink {
  href: string;
  label: string;
}

interface SiteHeaderProps {
  links: NavLink[];
  home: string;
  aside?: ReactNode;
}

/** Name, main navigation and whatever belongs to the person. */
export async function SiteHeader({ links, home, aside }: SiteHeaderProps) {
  const t = await getTranslations("shell");
  return (
    <header className="border-line border-b bg-panel" data-print="no">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3 sm:px-6">
        <LocalLink
          href={home}
          className="mr-auto py-1.5 font-bold text-accent text-xl no-underline"
        >
          {t("name")}
        </LocalLink>
        {aside}
        {links.length > 0 ? (
          <nav aria-label={t("mainNavigation")} className="w-full">
            <ul className="flex flex-wrap gap-x-5">
              {links.map((link) => (
                <li key={link.href}>
                  <LocalLink
                    href={link.href}
                    className="inline-block py-2 text-ink no-underline hover:text-accent hover:underline"
                  >
                    {link.label}
                  </LocalLink>
                </li>
              ))}
            </ul>
          </nav>
        ) : null}
      </div>
    </header>
  );
}
