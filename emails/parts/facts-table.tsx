import { LIGHT } from "./colours";
import type { MailFact } from "./content";

const cell = {
  fontSize: "15px",
  lineHeight: "22px",
  padding: "9px 0",
  borderBottom: `1px solid ${LIGHT.line}`,
  verticalAlign: "top",
  overflowWrap: "anywhere" as const,
};

/** Labels and values; below each other on narrow screens. */
export function FactsTable({ facts }: { facts: MailFact[] }) {
  return (
    <table
      className="line"
      style={{
        width: "100%",
        borderCollapse: "collapse",
        margin: "0 0 24px",
        borderTop: `1px solid ${LIGHT.line}`,
      }}
    >
      <tbody>
        {facts.map(({ label, value }) => (
          <tr key={label}>
            <th
              scope="row"
              className="fact-label muted line"
              style={{
                ...cell,
                width: "42%",
                color: LIGHT.muted,
                fontWeight: 400,
                textAlign: "left",
              }}
            >
              {label}
            </th>
            <td
              className="fact-value ink line"
              style={{ ...cell, color: LIGHT.ink, fontWeight: 600, paddingLeft: "12px" }}
            >
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
