"use client";

import { usePathname } from "next/navigation";
import { Icon, type IconName } from "@/components/ui/icon";
import type { Language } from "@/lib/i18n/languages";
import { NavAnchor, type NavLink, NavList } from "./nav-list";
import { currentMark, plainPath } from "./trail";

interface Tab extends NavLink {
  icon: IconName;
}

interface TabBarProps {
  label: string;
  /** At most four: the fifth opens the rest. */
  tabs: Tab[];
  rest: NavLink[];
  restLabel: string;
  language: Language;
}

const TAB =
  "flex h-full min-h-14 cursor-pointer flex-col items-center justify-center gap-0.5 border-transparent border-t-4 px-0.5 pb-1 text-center text-[0.6875rem] text-muted leading-tight no-underline [overflow-wrap:anywhere] aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink";

/** The main navigation of a phone, at hand below the page. The rest is in a list that opens without JavaScript. */
export function TabBar({ label, tabs, rest, restLabel, language }: TabBarProps) {
  const path = plainPath(usePathname());
  const within = rest.some(({ href }) => currentMark(href, path));
  return (
    <nav
      aria-label={label}
      data-print="no"
      className="sm:hidden [@media(min-height:22rem)]:h-[calc(4.5rem+env(safe-area-inset-bottom))]"
    >
      {/* Fixed, over a place of its own at the page's end; on a screen too low for it, it stands there. */}
      <div className="inset-x-0 bottom-0 z-10 border-line border-t bg-panel pb-[env(safe-area-inset-bottom)] relative [@media(min-height:22rem)]:fixed">
        {/* Wide as their words are: at 320 px none is broken. */}
        <ul className="flex *:min-w-0 *:flex-auto">
          {tabs.map(({ href, label: words, icon }) => (
            <li key={href}>
              <NavAnchor href={href} path={path} language={language} className={TAB}>
                <Icon name={icon} />
                {words}
              </NavAnchor>
            </li>
          ))}
          <li>
            {/* A new page begins with it closed. */}
            <details key={path} className="h-full">
              <summary
                aria-current={within ? "true" : undefined}
                className={`${TAB} list-none [&::-webkit-details-marker]:hidden`}
              >
                <Icon name="more" />
                {restLabel}
              </summary>
              <div className="absolute right-0 bottom-full left-0 border-line border-t bg-panel px-4 py-2 shadow-lg">
                <NavList
                  links={rest}
                  language={language}
                  className="divide-y divide-line"
                  linkClass="block py-3 text-ink no-underline aria-[current]:font-semibold aria-[current]:text-accent"
                />
              </div>
            </details>
          </li>
        </ul>
      </div>
    </nav>
  );
}
