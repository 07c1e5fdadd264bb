import type { CSSProperties, ReactNode } from "react";

interface CompanyColoursProps {
  /** `#rrggbb`, as the company's row has it. */
  accentColor: string;
  children: ReactNode;
}

/** Gives what is inside the accent of a company (app/globals.css mixes the rest from it). */
export function CompanyColours({ accentColor, children }: CompanyColoursProps) {
  const style: CSSProperties & { "--company": string } = { "--company": accentColor };
  return (
    <div data-company style={style}>
      {children}
    </div>
  );
}
