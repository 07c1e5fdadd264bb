import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { LocalLink } from "@/components/ui/local-link";
import { currentLanguage } from "@/lib/auth/current";
import { type NavLink, NavList } from "./nav-list";

interface SiteHeaderProps {
  links: NavLink[];
  home: string;
  aside?: ReactNode;
  /** On phones a bar below the page has the navigation. */
  tabbed?: boolean;
}

/** Name, main navigation and whatever belongs to the person. */
export async function SiteHeader({ links, home, aside, tabbed }: SiteHeaderProps) {
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
          <nav
            aria-label={t("mainNavigation")}
            className={tabbed ? "w-full max-sm:hidden" : links.length > 2 ? "w-full" : undefined}
          >
            <NavList
              links={links}
              language={await currentLanguage()}
              className="flex flex-wrap gap-x-5"
              linkClass="inline-block border-transparent border-b-2 py-2 text-ink no-underline hover:text-accent hover:underline aria-[current]:border-accent aria-[current]:font-semibold"
            />
          </nav>
        ) : null}
      </div>
    </header>
  );
}
