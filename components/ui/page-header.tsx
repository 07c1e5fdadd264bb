import type { ReactNode } from "react";
import { Unbroken } from "./unbroken";

/** The page's one h1 and, below it, a sentence that says what the page is for. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="mb-8">
      <h1 className="font-bold text-3xl tracking-tight">
        <Unbroken>{title}</Unbroken>
      </h1>
      {children ? <div className="mt-2 max-w-prose text-muted">{children}</div> : null}
    </header>
  );
}
