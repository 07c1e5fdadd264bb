import type { ReactNode } from "react";
import { buttonClass } from "./button-class";
import { LocalLink } from "./local-link";

interface EmptyStateProps {
  /** Why there is nothing, and when there will be. */
  children: ReactNode;
  /** What one can do now. */
  next?: { href: string; label: string };
}

/** In the place of a list or a chart that has nothing yet. */
export function EmptyState({ children, next }: EmptyStateProps) {
  return (
    <div className="rounded-lg border border-field-line border-dashed p-6">
      <p className="max-w-prose">{children}</p>
      {next ? (
        <p className="mt-4" data-print="no">
          <LocalLink href={next.href} className={buttonClass("quiet")}>
            {next.label}
          </LocalLink>
        </p>
      ) : null}
    </div>
  );
}
