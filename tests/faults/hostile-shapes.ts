import { diceFor } from "@/db/seed/dice";
import type { HostileFile } from "./hostile-file";
import { type Cells, type HostileKind, textOf, validCells } from "./hostile-valid";

/** Files whose lines, columns, quotes or delimiters are not as they should be. */
export function hostileShapes(kind: HostileKind, seed: number): HostileFile[] {
  const cells = validCells(kind);
  const [header = [], ...rows] = cells;
  const [first = [], second = [], ...others] = rows;
  const text = textOf(cells);
  const body = textOf(rows);
  /** The distributor's columns are in a fixed order and end with a stray `;`. */
  const fixed = kind === "readings";
  const withFirst = (line: string) =>
    `${header.join(";")}\n${line}\n${textOf([second, ...others])}`;
  const quoted = (line: string[]) => line.map((cell) => `"${cell.replaceAll('"', "")}"`).join(";");
  const turned = (line: string[]) => [...line.slice(1), line[0] ?? ""];
  const refused: [string, string][] = [
    ["no header", body],
    ["a header twice", `${header.join(";")}\n${text}`],
    ["a header after each line", rows.map((line) => textOf([line, header])).join("")],
    ["a line before the header", `# Esportazione del 2026-11-20\n${text}`],
    ["a title before the header", `Elenco${";".repeat(header.length - 1)}\n${text}`],
    ["sep= before the header", `sep=;\n${text}`],
    ["a duplicate column", textOf(cells.map((line) => [...line, line[0] ?? ""]))],
    ["a duplicate name", textOf([[...header.slice(0, -1), header[0] ?? ""], ...rows])],
    [
      "an unknown column",
      textOf(cells.map((line, at) => [...line.slice(0, header.length), at ? "x" : "foo"])),
    ],
    ["a column without a name", textOf([["", ...header.slice(1)], ...rows])],
    ["a column that is a formula", textOf([["=1+1", ...header.slice(1)], ...rows])],
    ["a column named __proto__", textOf([["__proto__", ...header.slice(1)], ...rows])],
    ["a column named constructor", textOf([["constructor", ...header.slice(1)], ...rows])],
    ["a column named with a tax id", textOf([["RSSMRA80A01H501U", ...header.slice(1)], ...rows])],
    [
      "a column with a zero-width space",
      textOf([[`${header[0]}\u200B`, ...header.slice(1)], ...rows]),
    ],
    [
      "a column with a Cyrillic letter",
      textOf([header.map((name) => name.replace("o", "о")), ...rows]),
    ],
    ["the first column missing", textOf(cells.map((line) => line.slice(1)))],
    ["the last column missing", textOf(cells.map((line) => line.slice(0, header.length - 1)))],
    ["one column only", textOf(cells.map((line) => line.slice(0, 1)))],
    ["the header only, cut", `${header.slice(0, 2).join(";")}\n`],
    ["tabs", text.replaceAll(";", "\t")],
    ["commas", text.replaceAll(";", ",")],
    ["bars", text.replaceAll(";", "|")],
    ["colons", text.replaceAll(";", ":")],
    ["full-width semicolons", text.replaceAll(";", "；")],
    ["two delimiters", text.replaceAll(";", ";;")],
    ["a cell too many", withFirst([...first, "x"].join(";"))],
    ["two cells too many", withFirst([...first, "", ""].join(";"))],
    ["a cell too few", withFirst(first.slice(2).join(";"))],
    ["one cell", withFirst("x")],
    ["a quote opened in the first cell", withFirst(`"${first.join(";")}`)],
    ["a quote opened in the last line", `${text}"${first.join(";")}`],
    ["a quote opened in the header", `"${text}`],
    ["a quote in the middle of a cell", withFirst(`ab"c;${first.slice(1).join(";")}`)],
    ["letters after a quoted cell", withFirst(`"ab"c;${first.slice(1).join(";")}`)],
    ["an escaped quote as of C", withFirst(`"a\\"b";${first.slice(1).join(";")}`)],
    ["single quotes", withFirst(first.map((cell) => `'${cell}'`).join(";"))],
    ["curly quotes", withFirst(first.map((cell) => `“${cell}”`).join(";"))],
    ["a line in one cell", withFirst(`"${first.join(";").replaceAll('"', "")}"`)],
    ["a line break in a cell", withFirst(`"a\nb";${first.slice(1).join(";")}`)],
    ["the end mark of COPY", withFirst("\\.")],
    ["COPY's null in each cell", withFirst(first.map(() => "\\N").join(";"))],
    ["each cell empty", withFirst(first.map(() => "").join(";"))],
    ["each cell a space", withFirst(first.map(() => " ").join(";"))],
    ["each cell the same", withFirst(first.map(() => "x").join(";"))],
    ["a line turned by one", withFirst(turned(first).join(";"))],
    ["lines as columns", transposed(cells)],
    ["a total below the lines", `${text}Totale;5\n`],
    ["an SQL end mark below the lines", `${text}(5 righe)\n`],
    ["a merge's marks", text.replace("\n", "\n<<<<<<< HEAD\n")],
  ];
  const unclear: [string, string][] = [
    ["a BOM twice", `\uFEFF\uFEFF${text}`],
    ["a header only", `${header.join(";")}\n`],
    ["a header in capitals", textOf([header.map((name) => name.toUpperCase()), ...rows])],
    ["spaces around names", textOf([header.map((name) => ` ${name} `), ...rows])],
    [
      "spaces around cells",
      textOf(cells.map((line) => line.map((cell) => (cell.startsWith('"') ? cell : ` ${cell} `)))),
    ],
    ["the same line twice", text + textOf([first])],
    ["empty lines between", text.replaceAll("\n", "\n\n")],
    ["mixed line ends", text.replace("\n", "\r\n")],
    ["no line end at the end", text.trimEnd()],
    ["a stray ; at each end", textOf(cells.map((line) => [...line, ""]))],
    ...truncations(text, kind, seed),
  ];
  const taken: [string, string][] = [
    ["as it should be", text],
    ["a BOM", `\uFEFF${text}`],
    ["line ends of Windows", text.replaceAll("\n", "\r\n")],
    ["each cell quoted", `${header.join(";")}\n${rows.map(quoted).join("\n")}\n`],
  ];
  if (!fixed) {
    taken.push(["columns turned by one", textOf(cells.map(turned))]);
  } else {
    refused.push(["columns turned by one", textOf(cells.map(turned))]);
  }
  const files = (must: HostileFile["must"], contents: [string, string][]) =>
    contents.map(([name, content]): HostileFile => ({ name, kind, must, content }));
  return [...files("refuse", refused), ...files("either", unclear), ...files("take", taken)];
}

/** Cut off anywhere: in the header, after a cell, inside one. */
function truncations(text: string, kind: HostileKind, seed: number): [string, string][] {
  const dice = diceFor(`truncated ${kind} ${seed}`);
  return Array.from({ length: 15 }, () => {
    const end = dice.whole(1, text.length - 1);
    return [`truncated after ${end} characters`, text.slice(0, end)];
  });
}

function transposed(cells: Cells): string {
  const [header = []] = cells;
  return textOf(header.map((_, at) => cells.map((line) => line[at] ?? "")));
}
