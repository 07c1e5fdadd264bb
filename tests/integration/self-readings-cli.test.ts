import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { submitSelfReading } from "@/lib/consumption/commands/submit-self-reading";
import { newFolder } from "../factories/import-files";
import { countOf, decisionsFile, makeReader, TODAY } from "../factories/meter-readers";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 240_000 });

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;

beforeAll(async () => {
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
});
afterAll(() => clone.drop());

describe("sportello self-readings", () => {
  test("export writes each once; with nothing new the file of the last time stays", async () => {
    const mine = await clone.superuser.db.transaction((tx) => makeReader(tx));
    const sent = await submitSelfReading(
      { db: clone.web.db, actor: mine.actor },
      countOf(mine),
      TODAY,
    );
    const code = sent.ok ? sent.value.receiptCode : "";
    const output = path.join(await newFolder(), "readings.csv");
    const args = ["self-readings", "export", "--output", output];
    expect(await sportello(args)).toMatchObject({
      ...{ code: 0, stdout: `Wrote 1 self-reading to ${output}.\n` },
    });
    const written = await readFile(output, "utf8");
    expect(written).toContain(code);
    expect(await sportello(args)).toMatchObject({
      code: 0,
      stdout: `There is no self-reading to export; ${output} was not written.\n`,
    });
    expect(await readFile(output, "utf8")).toBe(written);
    const elsewhere = path.join(await newFolder(), "none.csv");
    const again = await sportello([...args.slice(0, 3), elsewhere, "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, readings: 0, output: null });
    await expect(stat(elsewhere)).rejects.toThrow();

    const file = await decisionsFile(`${code};accepted;`);
    const decide = () => sportello(["self-readings", "decide", file]);
    expect(await decide()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 decided, 0 were/),
    });
    expect(await decide()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 decided, 1 were/),
    });
    await writeFile(file, `receipt_code;decision;reason\n${code};refused;implausible\n`);
    expect(await decide()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/it was accepted already/),
    });
  });
});
