import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { apiDocuments, imports } from "@/db/schema";
import { forgetImportsJob } from "@/lib/imports/jobs";
import { findDocument, putDocument } from "@/lib/storage/document-storage";
import { withTemporaryFolder } from "@/lib/storage/temporary-folder";
import { makeCompany, must } from "../factories/people";
import { test, type World } from "../setup/database";

const STORAGE = ".sportello-test/storage";
const HOUR_MS = 60 * 60 * 1000;

const ago = async (file: string, hours: number) => {
  const at = new Date(Date.now() - hours * HOUR_MS);
  await utimes(file, at, at);
};

async function stored(
  hours: number,
  id: string = randomUUID(),
  name = "file.csv",
): Promise<string> {
  const key = `imports/${id}/${name}`;
  await putDocument(key, Buffer.from("a;b\n"));
  await ago(path.join(STORAGE, key), hours);
  return key;
}

async function imported(world: World, over: Partial<typeof imports.$inferInsert>) {
  const { id: companyId } = await makeCompany(world.db);
  const [one] = await world.db
    .insert(imports)
    .values({ companyId, kind: "bills", fileName: "x.csv", importedBy: "test", ...over })
    .returning();
  return must(one);
}

const there = async (key: string) => (await findDocument(key)) !== null;

test("a file of an upload that nobody names goes after a day, and none that somebody names", async ({
  world,
}) => {
  const orphan = await stored(25);
  const onItsWay = await stored(23);
  const file = await stored(50);
  const zip = await stored(50, undefined, "documents.zip");
  const waiting = await stored(50, undefined, "documents.zip");
  const { companyId } = await imported(world, { storageKey: file, documentsKey: zip });
  await world.db.insert(apiDocuments).values({
    ...{
      id: randomUUID(),
      companyId,
      storageKey: waiting,
      bytes: 4,
      sha256: "0".repeat(64),
      createdBy: "test",
    },
  });
  await world.worker((ctx) => forgetImportsJob(ctx));
  expect(await there(orphan)).toBe(false);
  for (const key of [onItsWay, file, zip, waiting]) {
    expect(await there(key), key).toBe(true);
  }
});

test("PDFs of invoices stay while their import is under way, and go when it has ended", async ({
  world,
}) => {
  const open = await imported(world, { kind: "e-invoices", state: "applying" });
  const ended = await imported(world, { kind: "e-invoices", state: "failed" });
  const kept = await stored(30, open.id, "1.pdf");
  const left = await stored(30, ended.id, "1.pdf");
  await world.worker((ctx) => forgetImportsJob(ctx));
  expect([await there(kept), await there(left)]).toEqual([true, false]);
});

test("tables of staged rows, and of rows as they were read, stay while their import is under way alone", async ({
  world,
}) => {
  const open = await imported(world, { kind: "e-invoices", state: "applying" });
  const ended = await imported(world, { kind: "e-invoices", state: "failed" });
  const tablesOf = ({ id }: { id: string }) =>
    ["", "_next", "_read"].map((end) => `import_${id.replaceAll("-", "")}${end}`);
  for (const name of [...tablesOf(open), ...tablesOf(ended)]) {
    await world.worker(({ db }) =>
      db.execute(sql`create unlogged table staging.${sql.identifier(name)} (line int)`),
    );
  }
  await world.worker((ctx) => forgetImportsJob(ctx));
  const left = await world.db.execute<{ name: string }>(
    sql`select relname as name from pg_class where relnamespace = 'staging'::regnamespace order by 1`,
  );
  expect(left.map(({ name }) => name)).toEqual(tablesOf(open));
});

test("what a killed process was writing goes, in the storage and in the temporary folder", async ({
  world,
}) => {
  const folder = path.join(STORAGE, "imports", randomUUID());
  await mkdir(folder, { recursive: true });
  const half = path.join(folder, `.file.csv.${randomUUID()}.unfinished`);
  await writeFile(half, "half");
  await ago(half, 25);
  const left = await mkdtemp(path.join(tmpdir(), "sportello-upload-"));
  await ago(left, 25);
  const filling = await mkdtemp(path.join(tmpdir(), "sportello-import-"));
  await writeFile(path.join(filling, "file"), "more is coming");
  await ago(filling, 25);
  await withTemporaryFolder("import", async (mine) => {
    await ago(mine, 25);
    await world.worker((ctx) => forgetImportsJob(ctx));
    expect(existsSync(mine)).toBe(true);
  });
  expect([half, left, filling].map((one) => existsSync(one))).toEqual([false, false, true]);
});
