"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { plainPath, type TrailName, trailOf } from "./trail";

interface BreadcrumbsProps {
  language: Language;
  label: string;
  names: Record<TrailName, string>;
  /** A customer reads the page. */
  customer: boolean;
}

/** The way back up, above a page that lies below others; its own name is the heading beneath. */
export function Breadcrumbs({ language, label, names, customer }: BreadcrumbsProps) {
  const steps = trailOf(plainPath(usePathname()), customer);
  return steps.length === 0 ? null : (
    <nav
      aria-label={label}
      data-print="no"
      className="mx-auto w-full max-w-5xl px-4 pt-4 text-sm sm:px-6"
    >
      <ol className="flex flex-wrap gap-x-2">
        {steps.map(({ name, href }) => (
          <li
            key={href}
            className="not-last:after:pl-2 after:text-muted not-last:after:content-['›'/'']"
          >
            <Link
              href={localizedPath(language, href)}
              prefetch={false}
              className="inline-block py-1.5 text-accent underline underline-offset-2"
            >
              {names[name]}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
