import type { ReactNode } from "react";
import type { NavLink } from "./nav-list";
import { SiteFooter } from "./site-footer";
import { SiteHeader } from "./site-header";

interface PageFrameProps {
  links: NavLink[];
  /** Where the name at the top left leads. */
  home: string;
  /** What stands at the right of the header: who is signed in, the way out. */
  aside?: ReactNode;
  /** Between header and content: the way back up. */
  trail?: ReactNode;
  /** The phone's navigation below the page; the header then has none there. */
  tabs?: ReactNode;
  children: ReactNode;
}

/**
 * Header, content and footer of every page. The content is a container: its columns go by how many
 * letters have room (`@lg:`), so that text of 200 % has as many as a screen of half the width. Nothing can be
 * done on it: where the keyboard arrives, a line above it says so and no ring around everything.
 */
export function PageFrame({ links, home, aside, trail, tabs, children }: PageFrameProps) {
  return (
    <>
      <SiteHeader links={links} home={home} aside={aside} tabbed={Boolean(tabs)} />
      {trail}
      <main
        id="content"
        tabIndex={-1}
        className="@container mx-auto w-full max-w-5xl grow px-4 py-8 outline-none focus-visible:shadow-[inset_0_3px_0_var(--accent)] sm:px-6 sm:py-12"
      >
        {children}
      </main>
      <SiteFooter />
      {tabs}
    </>
  );
}
