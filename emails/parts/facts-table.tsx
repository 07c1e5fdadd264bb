import { LIGHT } from "./colours";
import type { MailFact } from "./content";

/** What cells inherit stands on the table, once: every bill's mail carries it. */
const cell = {
  padding: "9px 0",
  borderBottom: `1px solid ${LIGHT.line}`,
};

/** Labels and values; below each other on narrow screens. */
export function FactsTable({ facts }: { facts: MailFact[] }) {
  return (
    <table
      className="line"
      style={{
        width: "100%",
        borderCollapse: "collapse",
        fontSize: "15px",
        lineHeight: "22px",
        overflowWrap: "anywhere",
        margin: "0 0 24px",
        borderTop: `1px solid ${LIGHT.line}`,
      }}
    >
      <tbody style={{ verticalAlign: "top" }}>
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
