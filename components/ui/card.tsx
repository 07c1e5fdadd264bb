import type { ReactNode } from "react";
import { Unbroken } from "./unbroken";

interface CardProps {
  title?: string;
  /** 2 by default; 3 inside a section that has a heading of its own. */
  level?: 2 | 3;
  children: ReactNode;
  className?: string;
}

/** A panel with an optional heading. */
export function Card({ title, level = 2, children, className = "" }: CardProps) {
  const Heading = `h${level}` as const;
  return (
    <section
      className={`rounded-lg border border-line bg-panel p-5 sm:p-6 print:break-inside-avoid print:p-4 ${className}`}
    >
      {title ? (
        <Heading className="mb-3 font-semibold text-lg">
          <Unbroken>{title}</Unbroken>
        </Heading>
      ) : null}
      {children}
    </section>
  );
}
