import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { auditLog, companies, contracts, documents, staff } from "@/db/schema";
import { billsFile, contractsFile, newFolder, PDF, pdfFolder } from "../factories/import-files";
import { makeCompany } from "../factories/people";
import { commandLine, refused } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let storage: string;
let sportello: ReturnType<typeof commandLine>;
let slug: string;

beforeAll(async () => {
  clone = await cloneDatabase();
  storage = await newFolder();
  sportello = commandLine(clone, storage);
  const company = await clone.superuser.db.transaction(async (tx) => await makeCompany(tx));
  slug = company.slug;
});

afterAll(async () => {
  await clone.drop();
});

/** Two at a time: a process start is mostly work for a core. */
async function inPairs<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) {
      await work(item);
    }
  };
  await Promise.all([lane(), lane()]);
}

describe("sportello, from import to publication", () => {
  test("R15 contracts, run, plan, bills and publication, each said for people or machines", async () => {
    const folder = await pdfFolder({ "one.pdf": PDF });
    const imported = await sportello(["import", "contracts", await contractsFile({})]);
    expect(imported).toMatchObject({
      code: 0,
      stdout: "contracts.csv: 1 row: 1 added, 0 changed, 0 unchanged\n",
      stderr: "",
    });
    const opened = await sportello(["run", "open", "--cut-off", "2026-05-15T18:00", "--json"]);
    expect(JSON.parse(opened.stdout)).toMatchObject({
      ok: true,
      run: { name: "2026-05", cutOffAt: "2026-05-15T16:00:00.000Z" },
    });
    const frozen = await sportello(["run", "freeze", "2026-05"]);
    expect(frozen.stdout).toBe("Run 2026-05 is frozen: 0 electronic, 1 on paper.\n");
    const plan = await sportello(["run", "plan", "--run", "2026-05"]);
    expect(plan.stdout).toBe(
      "contract_number;mode;email;reason;discount_eur;discount_basis\nC-1;paper;;no_choice;0,00;\n",
    );
    const into = ["--run", "2026-05", "--documents", folder, "--company", slug];
    const bills = await billsFile({ document: "one.pdf" });
    const loaded = await sportello(["import", "bills", bills, ...into, "--json"]);
    expect(JSON.parse(loaded.stdout)).toMatchObject({ ok: true, files: [{ added: 1 }] });
    const published = await sportello(["run", "publish", "2026-05"]);
    expect(published.stdout).toBe(
      "Run 2026-05 is published: 1 document, 0 by e-mail, 1 on paper.\n",
    );
    const again = await sportello(["run", "publish", "2026-05", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, already: true, documents: 1 });
    const status = await sportello(["run", "status", "2026-05", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({ dispatches: { paper: 1 } });
    const [entry] = await clone.superuser.db
      .select({ actorKind: auditLog.actorKind, actorId: auditLog.actorId })
      .from(auditLog)
      .where(sql`action = 'published_run'`);
    expect(entry).toMatchObject({
      actorKind: "system",
      actorId: expect.stringContaining("command line"),
    });
  });
});

describe("sportello with bad input", () => {
  const untouched = async () => ({
    contracts: await clone.superuser.db.$count(contracts),
    documents: await clone.superuser.db.$count(documents),
  });

  test("one clear line, exit code 1, and nothing changed", async () => {
    const wrongColumn = await contractsFile({});
    const text = await readFile(wrongColumn, "utf8");
    await writeFile(wrongColumn, text.replaceAll(/^([^;]*);/gm, "$1;x;"));
    const bill = async (row: Parameters<typeof billsFile>[0], ...options: string[]) => [
      "bills",
      await billsFile({ bill_number: "B-9", ...row }),
      ...options,
    ];
    const cases: [string[], string][] = [
      [["contracts", "/none.csv"], "none.csv: there is no such file"],
      [["contracts", wrongColumn], 'contracts.csv, line 1, column "x": this column is unknown'],
      [
        await bill({ contract_number: "C-9" }, "--archive"),
        `bills.csv, line 2, column contract_number: ${slug} has no contract "C-9"`,
      ],
      [
        await bill({ issue_date: "2026-02-30" }, "--archive"),
        'bills.csv, line 2, column issue_date: "2026-02-30" is not a date',
      ],
      [
        await bill({ total_eur: "-5" }, "--archive"),
        "bills.csv, line 2, column total_eur: is negative",
      ],
      [
        await bill({ document: "x.pdf" }, "--archive", "--documents", await newFolder()),
        'bills.csv, line 2, column document: "x.pdf" is not in the documents folder',
      ],
      [await bill({}, "--archive", "--company", "nobody"), 'There is no company "nobody"; known'],
      [await bill({}, "--run", "2099-01"), 'has no run "2099-01"'],
      [await bill({}), "Say where the bills go: one of --run NAME, --single and --archive."],
    ];
    const before = await untouched();
    await inPairs(cases, async ([args, sentence]) => {
      expect(refused(await sportello(["import", ...args]))).toContain(sentence);
    });
    expect(await untouched()).toEqual(before);
  });

  test("of several files none is taken over when the last has a fault; machines get the faults", async () => {
    const before = await untouched();
    const good = await contractsFile({ contract_number: "C-50" });
    const wrong = await contractsFile({ contract_number: "C-51", starts_on: "soon" });
    const answer = await sportello(["import", "contracts", good, wrong, "--json"]);
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      ok: false,
      faults: [{ file: "contracts.csv", line: 2, column: "starts_on" }],
      more: 0,
    });
    expect(await untouched()).toEqual(before);
  });

  test("a database that is down, a wrong password and a wrong environment are told in one line", async () => {
    const down = "postgres://sportello_worker:secret@127.0.0.1:1/sportello";
    const wrong = clone.workerUrl.replace(/:[^:@/]+@/, ":hunter2@");
    const status = ["run", "status", "2026-05"];
    expect(refused(await sportello(status, { env: { DATABASE_WORKER_URL: down } }))).toBe(
      "The database at 127.0.0.1:1/sportello does not answer; is it running?",
    );
    const refusedPassword = refused(
      await sportello(status, { env: { DATABASE_WORKER_URL: wrong } }),
    );
    expect(refusedPassword).toContain("refuses user or password; compare DATABASE_WORKER_URL");
    expect(refusedPassword).not.toContain("hunter2");
    expect(
      refused(await sportello(status, { env: { APP_URL: "nonsense", AUTH_SECRET: "short" } })),
    ).toMatch(
      /^Wrong environment: APP_URL must be an address .*; AUTH_SECRET must have at least 32/,
    );
  });

  test("what cannot be said is refused with a hint", async () => {
    const wrong = [
      ["import", "wholesale", "x"],
      ["run", "freeze", "x", "--now"],
      ["import", "bills"],
      ["run", "open", "--cut-off", "tomorrow"],
    ];
    await inPairs(wrong, async (args) => {
      const { code, stderr } = await sportello(args);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/^error: .*\n\(add --help for what can be said\)\n$/);
    });
  });

  test("R12 a run cannot be frozen before its cut-off", async () => {
    await sportello(["run", "open", "--name", "later", "--cut-off", "2099-01-15T18:00"]);
    expect(refused(await sportello(["run", "freeze", "later"]))).toBe(
      "Run later cannot be frozen before its cut-off, 15 January 2099 at 18:00 (Rome).",
    );
  });
});

describe("sportello company, staff and doctor", () => {
  test("adds a company with its discount, and staff with a password from standard input", async () => {
    const facts = {
      name: "Acqua di Prova",
      "vat-number": "01234567897",
      "creditor-id": "IT60ZZZ0000001234567897",
      "sender-email": "bollette@acqua.example",
      "support-phone": "800 1",
      "fault-phone": "800 2",
      "customer-code-pattern": "^[0-9]{9}$",
      "customer-code-example": "100200300",
      "bill-number-example": "A-1",
      discount: "water=6,50/per_bill@2026-01-01",
    };
    const options = Object.entries(facts).flatMap(([name, value]) => [`--${name}`, value]);
    const added = await sportello(["company", "add", "--slug", "acqua", ...options]);
    expect(added).toMatchObject({ code: 0, stdout: "Added Acqua di Prova.\n" });
    const [discount] = await clone.superuser.db.execute(
      sql`select amount_cents, basis from discounts where commodity = 'water'`,
    );
    expect(discount).toEqual({ amount_cents: 650, basis: "per_bill" });
    expect(refused(await sportello(["company", "add", "--slug", "acqua", ...options]))).toBe(
      'There is a company "acqua" already.',
    );
    expect(refused(await sportello(["run", "status"]))).toMatch(
      /^Say which company with --company/,
    );
    await clone.superuser.db.execute(sql`delete from discounts`);
    await clone.superuser.db.execute(sql`delete from invoicing_runs where origin = 'calendar'`);
    await clone.superuser.db.delete(companies).where(sql`slug = 'acqua'`);

    const person = ["--email", "Op@Sportello.example", "--name", "Op", "--role", "operator"];
    const staffed = await sportello(["staff", "add", ...person, "--password-stdin"], {
      input: "a long enough password\n",
    });
    expect(staffed).toMatchObject({ code: 0 });
    expect(staffed.stdout).not.toContain("a long enough password");
    const [row] = await clone.superuser.db.select().from(staff);
    expect(row).toMatchObject({ email: "op@sportello.example", role: "operator" });
    expect(row?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(refused(await sportello(["staff", "add", ...person.with(5, "king")]))).toBe(
      "--role must be one of support, operator, admin.",
    );
  });

  test("R28 doctor finds all in order, and fails on a table without row-level security", async () => {
    const healthy = await sportello(["doctor"]);
    expect(healthy.stderr).toBe("");
    expect(healthy.stdout).not.toMatch(/^fail/m);
    // Databases of tests are made for speed.
    expect(healthy.stdout).toMatch(/^warn durability: .*synchronous_commit off: after a crash/m);
    expect(healthy.code).toBe(0);
    const { superuser } = clone;
    await superuser.db.execute(sql`alter table mandates no force row level security`);
    await superuser.db.execute(sql`delete from drizzle.__drizzle_migrations where id = 1`);
    const file = path.join(storage, "file");
    await writeFile(file, "");
    const ill = await sportello(["doctor"], {
      env: { DATABASE_URL: clone.ownerUrl, STORAGE_URL: `file:${file}` },
    });
    expect(ill.code).toBe(1);
    expect(ill.stdout).toMatch(
      /^fail row-level security: missing on mandates; run "sportello migrate"$/m,
    );
    expect(ill.stdout).toMatch(/^fail migrations: not applied: 0000_/m);
    expect(ill.stdout).toMatch(/^fail web role: sportello_owner owns \d+ tables/m);
    expect(ill.stdout).toMatch(/^fail storage: cannot be written/m);
    const down = { DATABASE_WORKER_URL: "postgres://u:p@127.0.0.1:1/x" };
    const unreachable = await sportello(["doctor", "--json"], { env: down });
    expect(unreachable.code).toBe(1);
    expect(JSON.parse(unreachable.stdout)).toMatchObject({ ok: false });
    expect(unreachable.stdout).toContain("does not answer; is it running?");
  });
});
