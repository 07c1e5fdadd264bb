import type { ReactNode } from "react";
import { Unbroken } from "./unbroken";

/** Label and value, as a description list. Entries without a value are left out. */
export function Facts({ items }: { items: { label: string; value: ReactNode }[] }) {
  return (
    <dl className="grid gap-x-8 gap-y-3 @lg:grid-cols-2">
      {items
        .filter(({ value }) => value !== null && value !== undefined && value !== "")
        .map(({ label, value }) => (
          <div key={label}>
            <dt className="text-muted text-sm">{label}</dt>
            <dd className="font-semibold [overflow-wrap:anywhere]">
              {typeof value === "string" ? <Unbroken>{value}</Unbroken> : value}
            </dd>
          </div>
        ))}
    </dl>
  );
}
