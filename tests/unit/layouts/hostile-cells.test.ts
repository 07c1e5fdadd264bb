import { expect, test } from "vitest";
import { read, refusal } from "./read-file";

const OURS = "contract_number;start;end;value;unit;quality";
const two = (number: number) => String(number).padStart(2, "0");

test("every hostile cell is one clear sentence, and the rest is read on", async () => {
  const at = (n: number) => `2024-09-02T${two(n)}:00Z`;
  const row = (
    n: number,
    value: string,
    over: { of?: string; unit?: string; quality?: string } = {},
  ) =>
    `${over.of ?? "C"};${at(n)};${at(n + 1)};${value};${over.unit ?? "kWh"};${over.quality ?? ""}`;
  const sentences = await refusal(
    read([
      OURS,
      row(0, "1e3"),
      row(1, "-0,5"),
      row(2, "1.234,5"),
      row(3, "0,0001"),
      row(4, "99999999"),
      row(5, "NaN"),
      row(6, "١٢"),
      row(7, ","),
      row(8, "9".repeat(400)),
      row(9, "1", { unit: "kvarh" }),
      row(10, "1", { quality: "guessed" }),
      row(11, "1", { quality: "missing" }),
      row(12, "1", { of: "" }),
      row(13, "1", { of: "x".repeat(200) }),
      "C;=cmd|' /C calc'!A0;2024-09-02T10:00Z;1;kWh;",
      "C;2024-09-02T10:00Z;1;kWh",
      "C;1999-12-31T10:00Z;1999-12-31T11:00Z;1;kWh;",
      "C;2024-02-30T10:00Z;2024-02-30T11:00Z;1;kWh;",
      "C;2024-09-02T10:00+25:00;2024-09-02T11:00+25:00;1;kWh;",
      "C;2024-09-02T10:00;2024-09-02T11:00;1;kWh;",
    ]),
  );
  const example = "is not a time on the minute such as 2024-09-01T00:15:00+02:00";
  expect(sentences.filter((sentence) => !sentence.includes("column end"))).toEqual([
    'r.csv, line 2, column value: "1e3" is not a number of kWh such as 0,139',
    'r.csv, line 3, column value: "-0,5" is negative',
    'r.csv, line 4, column value: "1.234,5" is not a number of kWh such as 0,139',
    'r.csv, line 5, column value: "0,0001" is finer than a watt-hour (0,001 kWh)',
    'r.csv, line 6, column value: "99999999" kWh in an hour is more than any supply',
    'r.csv, line 7, column value: "NaN" is not a number of kWh such as 0,139',
    'r.csv, line 8, column value: "١٢" is not a number of kWh such as 0,139',
    'r.csv, line 9, column value: "," is not a number of kWh such as 0,139',
    `r.csv, line 10, column value: "${"9".repeat(40)}…" is not a number of kWh such as 0,139`,
    'r.csv, line 11, column unit: the layout does not know what "kvarh" means here',
    'r.csv, line 12, column quality: the layout does not know what "guessed" means here',
    'r.csv, line 13, column value: "1" stands there, but the line says that the value is missing',
    "r.csv, line 14, column contract_number: is empty, so nobody knows whose readings these are",
    "r.csv, line 15, column contract_number: has 200 characters, and 64 are the most",
    `r.csv, line 16, column start: "=cmd|' /C calc'!A0" ${example}`,
    "r.csv, line 17: the line has 4 cells where the header names 6 columns",
    `r.csv, line 18, column start: "1999-12-31T10:00Z" ${example}`,
    `r.csv, line 19, column start: "2024-02-30T10:00Z" ${example}`,
    `r.csv, line 20, column start: "2024-09-02T10:00+25:00" ${example}`,
    `r.csv, line 21, column start: "2024-09-02T10:00" ${example}`,
  ]);
});
