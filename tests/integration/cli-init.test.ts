import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { auditLog, companies, discounts, invoicingRuns, linkRequests, staff } from "@/db/schema";
import { EXAMPLE } from "@/lib/cli/init/installation-schema";
import { setUp } from "@/lib/staff/commands/set-up";
import { newFolder } from "../factories/import-files";
import { commandLine, refused } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;
let folder: string;

beforeAll(async () => {
  folder = await newFolder();
  clone = await cloneDatabase();
  sportello = commandLine(clone, folder);
});
afterAll(async () => {
  await clone.drop();
});

const count = async () => ({
  companies: await clone.superuser.db.$count(companies),
  staff: await clone.superuser.db.$count(staff),
  runs: await clone.superuser.db.$count(invoicingRuns),
  audit: await clone.superuser.db.$count(auditLog),
});

describe("sportello init", () => {
  test("says what to do where there is no terminal, and shows an example that is right", async () => {
    expect(refused(await sportello(["init"]))).toMatch(/no terminal to ask at: .* --file/);
    const { stdout } = await sportello(["init", "--example"]);
    expect(JSON.parse(stdout)).toEqual(EXAMPLE);
    expect(await count()).toMatchObject({ companies: 0, staff: 0 });
  });

  test("a wrong file changes nothing and says what is wrong with it", async () => {
    const wrong = { ...EXAMPLE, admin: { name: "Ada Neri", email: "nobody" } };
    const answer = await sportello(["init", "--file", "-"], { input: JSON.stringify(wrong) });
    expect(refused(answer)).toBe("admin.email must be an e-mail address.");
    const nowhere = path.join(folder, "nowhere.json");
    expect(refused(await sportello(["init", "--file", nowhere]))).toBe(
      `${nowhere} cannot be read.`,
    );
    expect(await count()).toMatchObject({ companies: 0, staff: 0 });
  });

  test("sets up company, brand, calendar, discounts and the first admin, who chooses a password", async () => {
    const file = path.join(folder, "init.json");
    await writeFile(file, JSON.stringify(EXAMPLE));
    const { code, stdout } = await sportello(["init", "--file", file, "--json"]);
    expect(code).toBe(0);
    const { link, ...answer } = JSON.parse(stdout);
    expect(answer).toEqual({
      ok: true,
      changed: true,
      company: "luce-chiara",
      admin: "ada.neri@lucechiara.example",
    });
    expect(link).toMatch(/^http:\/\/localhost:3000\/reset-password\?token=[\w-]+$/);
    const { db } = clone.superuser;
    const [company] = await db.select().from(companies);
    expect(company).toMatchObject({
      name: "Luce Chiara",
      accentColor: "#0b5a68",
      cutOffDay: 15,
      senderEmail: "bollette@posta.lucechiara.example",
    });
    const earned = await db.select().from(discounts).orderBy(discounts.commodity);
    expect(earned.map(({ commodity, amountCents }) => [commodity, amountCents])).toEqual([
      ["electricity", 1200],
      ["gas", 600],
    ]);
    expect(await db.select().from(staff)).toMatchObject([
      { email: "ada.neri@lucechiara.example", role: "admin", passwordHash: null },
    ]);
    expect((await count()).runs).toBeGreaterThan(0);
    expect((await sportello(["doctor"])).stdout).toMatch(/^ok +migrations/m);
  });

  test("on one that is filled it changes nothing and says so, whatever the file says", async () => {
    const before = await count();
    const again = await sportello(["init", "--file", path.join(folder, "init.json")]);
    expect(again).toMatchObject({
      code: 0,
      stdout:
        "This installation is set up already (luce-chiara); nothing was changed.\nFor more: company add, staff invite.\n",
    });
    const json = await sportello(["init", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual({
      ok: true,
      changed: false,
      companies: ["luce-chiara"],
    });
    expect(await count()).toEqual(before);
  });
});

test("two that set up at once: one does, the other finds it done; the link is mailed", async () => {
  const empty = await cloneDatabase();
  try {
    const ctx = { db: empty.worker.db, actor: { kind: "system", name: "test" } } as const;
    const { company, admin } = EXAMPLE;
    const installation = { company: { ...company, discounts: [] }, admin, showLink: false };
    const done = await Promise.all([setUp(ctx, installation), setUp(ctx, installation)]);
    expect(done.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(done).toContainEqual({ ok: true, value: { token: null } });
    expect(await empty.superuser.db.$count(companies)).toBe(1);
    expect(await empty.superuser.db.select().from(linkRequests)).toMatchObject([
      { kind: "staff_password", email: admin.email },
    ]);
  } finally {
    await empty.drop();
  }
});
