import type { ReactNode } from "react";

/** Groups of capitals and digits with hyphens between: a code or a number, and no word of a language. */
const CODE = /(?<![^\s(«„“"])([\p{Lu}\d]+(?:-[\p{Lu}\d]+)+)(?![\p{L}\d-])/u;

/** The page's one h1 and, below it, a sentence that says what the page is for. A code in it breaks only where no line is wide enough. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="mb-8">
      <h1 className="font-bold text-3xl tracking-tight">
        {title.split(CODE).map((part, place) =>
          place % 2 === 0 ? (
            part
          ) : (
            <span key={part} className="inline-block" translate="no">
              {part}
            </span>
          ),
        )}
      </h1>
      {children ? <div className="mt-2 max-w-prose text-muted">{children}</div> : null}
    </header>
  );
}
