import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { auditLog, companies, staff } from "@/db/schema";
import type { StaffRole } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/auth/password";
import { billsFile, contractsFile, newFolder } from "../factories/import-files";
import { makeCompany, makeStaff } from "../factories/people";
import { commandLine, refused } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

const PASSWORD = "a long enough password";

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;
let emails: Record<StaffRole, string>;

beforeAll(async () => {
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
  const passwordHash = await hashPassword(PASSWORD);
  emails = await clone.superuser.db.transaction(async (tx) => {
    await makeCompany(tx, { approvalAbove: 0 });
    const made = async (role: StaffRole) => (await makeStaff(tx, role)).email;
    const all = {
      support: await made("support"),
      operator: await made("operator"),
      admin: await made("admin"),
    };
    await tx.update(staff).set({ passwordHash });
    return all;
  });
});

afterAll(async () => {
  await clone.drop();
});

/** As a member of staff, whose password comes on standard input. */
const as = (role: StaffRole, args: string[], password = PASSWORD) =>
  sportello([...args, "--as", emails[role]], { input: `${password}\nnot this line\n` });

describe("sportello run", () => {
  test("R15 two people share a shell: each acts under their own name and role", async () => {
    await sportello(["import", "contracts", await contractsFile({})]);
    const open = ["run", "open", "--name", "prova", "--cut-off", "now", "--json"];
    expect(JSON.parse((await as("operator", open)).stdout)).toMatchObject({
      ok: true,
      already: false,
      run: { name: "prova", state: "scheduled" },
    });
    expect(refused(await as("support", ["run", "freeze", "prova"]))).toBe(
      "Your role may not operate runs; it takes an operator or an admin.",
    );
    expect(refused(await as("operator", ["run", "freeze", "prova"], "not the password"))).toBe(
      "The e-mail of --as, its password or its code is wrong.",
    );
    expect(refused(await sportello(["run", "freeze", "prova", "--as", "nobody@x.example"]))).toBe(
      "The password of --as is missing; give it on standard input.",
    );
    expect((await as("operator", ["run", "freeze", "prova"])).code).toBe(0);
    await sportello(["import", "bills", await billsFile({}), "--run", "prova"]);
    expect(refused(await as("operator", ["run", "publish", "prova"]))).toMatch(
      /^Run prova has 1 bill, and more than 0 need a second person's approval/,
    );
    expect((await as("operator", ["run", "approve", "prova"])).stdout).toBe(
      "Approved the publication of run prova with 1 document; another person may publish it now.\n",
    );
    expect(refused(await as("operator", ["run", "publish", "prova"]))).toContain("second person");
    expect((await as("admin", ["run", "publish", "prova"])).stdout).toBe(
      "Run prova is published: 1 document, 0 by e-mail, 1 on paper.\n",
    );
    expect(refused(await sportello(["run", "cancel", "prova", "--reason", "x"]))).toBe(
      "Run prova is published and cannot be cancelled; take wrong bills back with: run withdraw.",
    );
    const status = await as("support", ["run", "status", "prova", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      ok: true,
      run: { state: "published", origin: "operator" },
      documents: { imported: 1, published: 1 },
      approval: { above: 0, needed: true, given: [{ documents: 1, stands: true }] },
      history: [
        { action: "opened_run", who: "Prova Operatrice" },
        { action: "froze_run" },
        { action: "approved_run" },
        { action: "published_run" },
      ],
    });
    const people = (await sportello(["run", "status", "prova"])).stdout;
    expect(people).toMatch(/^Run prova of company-\d+: published; cut-off .*, by an operator$/m);
    expect(people).toMatch(/^\S+Z published run, Prova Operatrice: paper 1/m);
    const refusals = eq(auditLog.action, "refused_at_shell");
    expect(await clone.superuser.db.$count(auditLog, refusals)).toBe(1);
  });

  test("R12 the plan and the print list are written whole, or the folder's fault is told", async () => {
    const folder = await newFolder();
    const plan = (output: string, ...more: string[]) =>
      sportello(["run", "plan", "prova", "--output", output, ...more]);
    const missing = path.join(folder, "none");
    expect(refused(await plan(path.join(missing, "plan.csv")))).toBe(
      `There is no folder ${missing}; make it, or say another --output.`,
    );
    expect(refused(await plan(folder))).toBe(
      `${folder} is a folder; say a file's name with --output.`,
    );
    await writeFile(path.join(folder, "file"), "");
    expect(refused(await plan(path.join(folder, "file", "plan.csv")))).toContain("no folder");
    const file = path.join(folder, "plan.csv");
    expect((await plan(file)).stdout).toBe(`Wrote ${file}.\n`);
    expect(await readFile(file, "utf8")).toBe(
      "contract_number;mode;email;reason;discount_eur;discount_basis\nC-1;paper;;no_choice;0,00;\n",
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse((await plan(file, "--json")).stdout)).toMatchObject({ output: file });
    expect(await readFile(file, "utf8")).toMatch(/^contract_number;mode;email;/);
    const list = await sportello(["run", "plan", "prova", "--print-list"]);
    expect(refused(await as("support", ["run", "plan", "prova"]))).toBe(
      "Your role may not export plans; it takes an operator or an admin.",
    );
    const exported = eq(auditLog.action, "exported_run_file");
    expect(await clone.superuser.db.$count(auditLog, exported)).toBeGreaterThan(1);
    expect(list.stdout).toMatch(
      /^contract_number;holder_name;billing_address;bill_number;document;reason\nC-1;Rossi Mario;Via Inventata 1, 00100 Roma;B-1;;no_choice\n$/,
    );
  });

  test("machines get one line of JSON for what was typed wrong, too", async () => {
    for (const wrong of [
      ["run", "open", "--cut-off", "2026-10-25T02:30"],
      ["run", "nonsense"],
      ["run", "publish", "one", "two"],
    ]) {
      const { code, stdout, stderr } = await sportello([...wrong, "--json"]);
      expect(code).toBe(1);
      const { ok, message } = JSON.parse(stdout);
      expect([ok, stderr.includes(message)]).toEqual([false, true]);
    }
  });

  test("R12 the calendar is told, moved, and its run cancelled with a reason", async () => {
    const set = await sportello(["company", "set", "--cut-off-day", "20", "--json"]);
    expect(JSON.parse(set.stdout)).toMatchObject({ ok: true, changed: ["cutOffDay"], left: 0 });
    const all = await sportello(["run", "status", "--json"]);
    const { calendar, runs } = JSON.parse(all.stdout);
    expect(calendar).toMatchObject({ cutOffDay: 20, cutOffHour: 18 });
    const ahead = runs.filter(({ origin }: { origin: string }) => origin === "calendar");
    expect(ahead.length).toBeGreaterThan(4);
    expect(calendar.nextCutOffAt).toBe(ahead.at(-1).cutOffAt);
    const { name } = ahead[0];
    for (const step of ["reconcile", "plan"]) {
      expect(refused(await sportello(["run", step, name]))).toBe(
        `Run ${name} has no plan yet; freeze it first.`,
      );
    }
    expect(refused(await sportello(["run", "cancel", name]))).toBe(
      "Say why the run is cancelled, with --reason.",
    );
    const cancelled = await sportello(["run", "cancel", name, "--reason", "no bills this month"]);
    expect(cancelled.stdout).toBe(`Run ${name} is cancelled: no bills this month\n`);
    expect((await sportello(["run", "status", name])).stdout).toMatch(
      new RegExp(`^Run ${name} of .*: cancelled \\(no bills this month\\)`),
    );
    expect(refused(await sportello(["company", "set", "--cut-off-day", "29"]))).toBe(
      "--cut-off-day must be a day from 1 to 28.",
    );
    expect(refused(await sportello(["company", "set"]))).toMatch(/^Say what to change/);
    expect(refused(await sportello(["company", "set", "--accent-color", "#e8a200"]))).toBe(
      "--accent-color must be darker: in the light theme its contrast is 2.0 : 1, and text needs 4.5 : 1.",
    );
    const accent = await sportello(["company", "set", "--accent-color", "#1f4e9c"]);
    expect(accent.stdout).toContain("accent-color is #1f4e9c");
    expect(await clone.superuser.db.$count(companies, eq(companies.cutOffDay, 20))).toBe(1);
  });
});
