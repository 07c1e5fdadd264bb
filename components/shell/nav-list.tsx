"use client";

import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { currentMark, plainPath } from "./trail";

export interface NavLink {
  href: string;
  label: string;
}

interface NavListProps {
  links: NavLink[];
  language: Language;
  className: string;
  linkClass: string;
}

/** Links of a navigation; the one that leads to this page, or to where it lies, is marked. */
export function NavList({ links, language, className, linkClass }: NavListProps) {
  const path = plainPath(usePathname());
  return (
    <ul className={className}>
      {links.map(({ href, label }) => (
        <li key={href}>
          <NavAnchor href={href} path={path} language={language} className={linkClass}>
            {label}
          </NavAnchor>
        </li>
      ))}
    </ul>
  );
}

interface NavAnchorProps {
  href: string;
  /** The address of this page, without its language. */
  path: string;
  language: Language;
  className: string;
  children: ReactNode;
}

export function NavAnchor({ href, path, language, className, children }: NavAnchorProps) {
  return (
    <Link
      href={localizedPath(language, href)}
      prefetch={false}
      aria-current={currentMark(href, path)}
      className={className}
    >
      <Waiting>{children}</Waiting>
    </Link>
  );
}

/** Paler until the page is there; where the browser itself loads it, its own signs say so. */
function Waiting({ children }: { children: ReactNode }) {
  const { pending } = useLinkStatus();
  return <span className={pending ? "contents *:opacity-60" : "contents"}>{children}</span>;
}
