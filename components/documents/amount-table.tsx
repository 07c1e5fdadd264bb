import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";

interface AmountRow {
  key: string;
  name: string;
  /** How the amount comes about, for example `120 kWh × 0,1234 €/kWh`. */
  detail?: string | null;
  amountCents: number;
}

interface AmountGroup {
  key: string;
  /** Heads the group's rows; absent where the rows speak for themselves. */
  title?: string;
  rows: AmountRow[];
  /** Closes the group or the table. */
  sum?: { label: string; amountCents: number };
}

interface AmountTableProps {
  caption: string;
  /** Heads of the two columns, read out only. */
  headers: { item: string; amount: string };
  groups: AmountGroup[];
  /** Differences: what is more has its sign too. */
  signed?: boolean;
  language: Language;
}

/** What for and how much, in groups with their sums; two columns that fit the narrowest screen. */
export function AmountTable({ caption, headers, groups, signed, language }: AmountTableProps) {
  const amount = (cents: number, className: string) => (
    <td className={`whitespace-nowrap pl-4 text-right align-baseline ${className}`}>
      {`${signed && cents > 0 ? "+" : ""}${formatCents(cents, language)}`}
    </td>
  );
  return (
    <table className="w-full border-collapse text-left">
      <caption>
        <span className="sr-only">{caption}</span>
      </caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{headers.item}</th>
          <th scope="col">{headers.amount}</th>
        </tr>
      </thead>
      {groups.map((group) => (
        <tbody key={group.key}>
          {group.title ? (
            <tr>
              <th scope="rowgroup" colSpan={2} className="pt-6 pb-1 font-semibold">
                {group.title}
              </th>
            </tr>
          ) : null}
          {group.rows.map((row) => (
            <tr key={row.key} className="border-line border-b">
              <th scope="row" className="py-2 font-normal">
                {row.name}
                {row.detail ? <span className="block text-muted text-sm">{row.detail}</span> : null}
              </th>
              {amount(row.amountCents, "py-2")}
            </tr>
          ))}
          {group.sum ? (
            <tr>
              <th scope="row" className="py-2 font-semibold">
                {group.sum.label}
              </th>
              {amount(group.sum.amountCents, "py-2 font-semibold")}
            </tr>
          ) : null}
        </tbody>
      ))}
    </table>
  );
}
