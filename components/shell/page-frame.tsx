import type { ReactNode } from "react";
import { SiteFooter } from "./site-footer";
import { type NavLink, SiteHeader } from "./site-header";

interface PageFrameProps {
  links: NavLink[];
  /** Where the name at the top left leads. */
  home: string;
  /** What stands at the right of the header: who is signed in, the way out. */
  aside?: ReactNode;
  children: ReactNode;
}

/** Header, content and footer of every page. */
export function PageFrame({ links, home, aside, children }: PageFrameProps) {
  return (
    <>
      <SiteHeader links={links} home={home} aside={aside} />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl grow px-4 py-8 sm:px-6 sm:py-12"
      >
        {children}
      </main>
      <SiteFooter />
    </>
  );
}
