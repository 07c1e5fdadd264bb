import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRows, WRITTEN } from "@/db/copy";
import { CopyBuffer, type CopyType, type CopyValue } from "@/db/copy-buffer";
import { type Clone, cloneDatabase } from "../setup/database";

/** What is written in the binary form of COPY is what PostgreSQL reads from the same value's text. */
let clone: Clone;

beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

async function* rowsOf<Row>(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}

/** What the table holds after a COPY of one value per row, as text. */
async function copied(type: CopyType, values: CopyValue[]): Promise<(string | null)[]> {
  return await clone.superuser.db.transaction(async (tx) => {
    await tx.execute(
      sql.raw(`create temporary table copied (at int, value ${type}) on commit drop`),
    );
    await copyRows(
      tx,
      "copied",
      { at: "int", value: type },
      rowsOf(values.map((value, at) => ({ at, value }))),
    );
    const rows = await tx.execute<{ value: string | null }>(
      sql`select value::text from copied order by at`,
    );
    return rows.map(({ value }) => value);
  });
}

/** The same values as PostgreSQL reads them from text. */
async function read(type: CopyType, texts: string[]): Promise<(string | null)[]> {
  const rows = await clone.superuser.db.execute<{ value: string | null }>(
    sql`select (given.value)::${sql.raw(type)}::text as value
      from unnest(array[${sql.join(
        texts.map((text) => sql`${text}`),
        sql`, `,
      )}]::text[]) with ordinality as given(value, at) order by given.at`,
  );
  return rows.map(({ value }) => value);
}

test.each<[CopyType, string[]]>([
  [
    "text",
    ["", "a", "tab\tand\\line\nend\r", "perché Ö 🔌", "x".repeat(70_000), "\\N", "è".repeat(40)],
  ],
  ["date", ["2000-01-01", "1999-12-31", "2026-02-28", "2099-12-31", "1900-03-01"]],
  [
    "timestamptz",
    ["2026-03-01T09:30:00Z", "2026-03-01T09:30:00.123456Z", "1999-12-31T23:59:59.9Z"],
  ],
  [
    "numeric",
    [
      "0",
      "-0",
      "1",
      "-1",
      "10000",
      "9999.9999",
      "0.000001",
      "-123456789012.1234567891",
      "0001.50",
      "100000000",
    ],
  ],
  ["jsonb", ['{"a": [1, "è\\n"]}', "null", "[]"]],
])("a %s comes to be what its text says", async (type, texts) => {
  expect(await copied(type, texts)).toEqual(await read(type, texts));
});

test("whole numbers, answers, lists and nothing come as they are", async () => {
  const [most, least] = [2 ** 31 - 1, -(2 ** 31)];
  expect(await copied("int", [0, most, least, null])).toEqual(["0", `${most}`, `${least}`, null]);
  expect(await copied("smallint", [32_767, -32_768])).toEqual(["32767", "-32768"]);
  expect(await copied("boolean", [true, false, null])).toEqual(["true", "false", null]);
  const long = Array.from({ length: 30_000 }, (_, at) => at - 1);
  expect(await copied("int[]", [[], [1, -1, most], long])).toEqual([
    "{}",
    `{1,-1,${most}}`,
    `{${long}}`,
  ]);
});

test("cells that another buffer wrote stand after a row's own, and what it lends is overwritten next", async () => {
  const buffer = new CopyBuffer();
  const lend = (text: string, many: number | null) => {
    buffer.cell("text", text);
    buffer.cell("int", many);
    return buffer.lend();
  };
  async function* rows() {
    for (const [at, text] of ["a", "x".repeat(200_000), "b", ""].entries()) {
      yield [{ at, [WRITTEN]: lend(text, at === 2 ? null : at) }];
    }
  }
  const found = await clone.superuser.db.transaction(async (tx) => {
    await tx.execute(
      sql`create temporary table copied (many int, at int, text text) on commit drop`,
    );
    await copyRows(tx, "copied", { at: "int" }, rows(), ["text", "many"]);
    return await tx.execute(sql`select at, length(text) as long, many from copied order by at`);
  });
  expect([...found]).toEqual([
    { at: 0, long: 1, many: 0 },
    { at: 1, long: 200_000, many: 1 },
    { at: 2, long: 1, many: null },
    { at: 3, long: 0, many: 3 },
  ]);
});

test.each<[CopyType, CopyValue]>([
  ["int", 2 ** 31],
  ["int", 1.5],
  ["int", "1"],
  ["smallint", 40_000],
  ["int[]", [2 ** 31]],
  ["numeric", "1e3"],
  ["numeric", "NaN"],
  ["date", "31.02.2026"],
  ["text", 5],
  ["boolean", "t"],
])("a value that is none of type %s is refused: %j", async (type, value) => {
  await expect(copied(type, [value])).rejects.toThrow(`a column of type ${type}`);
});
