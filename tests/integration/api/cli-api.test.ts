import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { apiKeys, auditLog, webhookEndpoints } from "@/db/schema";
import { hashToken } from "@/lib/auth/token";
import { newFolder } from "../../factories/import-files";
import { makeCompany } from "../../factories/people";
import { commandLine, refused } from "../../setup/command-line";
import { type Clone, cloneDatabase } from "../../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let sportello: ReturnType<typeof commandLine>;
let slug: string;
let companyId: number;

beforeAll(async () => {
  clone = await cloneDatabase();
  sportello = commandLine(clone, await newFolder());
  const company = await clone.superuser.db.transaction((db) => makeCompany(db));
  slug = company.slug;
  companyId = company.id;
});
afterAll(async () => {
  await clone.drop();
});

describe("sportello api-key", () => {
  test("makes a key that is shown once, lists it without, and ends it", async () => {
    const made = await sportello([
      ...[
        "api-key",
        "add",
        "billing system",
        "--scopes",
        "imports:write,imports:read",
        "runs:read",
      ],
      ...["--company", slug, "--expires-days", "30", "--json"],
    ]);
    const { key, id, ...told } = JSON.parse(made.stdout);
    expect(told).toMatchObject({
      ok: true,
      name: "billing system",
      company: slug,
      scopes: ["imports:write", "imports:read", "runs:read"],
    });
    const [row] = await clone.superuser.db
      .select()
      .from(apiKeys)
      .where(eq(apiKeys.secretHash, hashToken(key)));
    expect(row).toMatchObject({
      id,
      companyId,
      createdBy: expect.stringContaining("command line"),
    });
    const days = ((row?.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const listed = await sportello(["api-key", "list"]);
    expect(listed.stdout).toContain(`${id} billing system: ${slug}; imports:write`);
    expect(listed.stdout).toContain("last used never");
    expect(listed.stdout).not.toContain("spk_");
    const revoked = await sportello(["api-key", "revoke", id]);
    expect(revoked.stdout).toBe('The key "billing system" is revoked.\n');
    expect((await sportello(["api-key", "list", "--json"])).stdout).toMatch(/"revokedAt":"2\d{3}-/);
    const actions = await clone.superuser.db
      .select({ action: auditLog.action })
      .from(auditLog)
      .where(eq(auditLog.subjectId, id))
      .orderBy(auditLog.id);
    expect(actions.map(({ action }) => action)).toEqual(["added_api_key", "revoked_api_key"]);
  });

  test("refuses what is wrong in one line", async () => {
    await sportello(["api-key", "add", "one", "--scopes", "runs:read"]);
    const lines = await Promise.all(
      [
        ["api-key", "add", "one", "--scopes", "runs:read"],
        ["api-key", "add", "two", "--scopes", "everything"],
        ["api-key", "add", "a/b", "--scopes", "runs:read", "--expires-days", "0"],
        ["api-key", "revoke", "one"],
      ].map(async (args) => refused(await sportello(args))),
    );
    expect(lines[0]).toContain('a key "one" already');
    expect(lines[1]).toContain("--scopes");
    expect(lines[2]).toMatch(/--name .*--expires-days must be 1 or more/);
    expect(lines[3]).toBe("There is no API key one.");
  });
});

describe("sportello webhook", () => {
  test("adds, lists, rotates and removes", async () => {
    const added = await sportello([
      ...["webhook", "add", "https://billing.example.it/events", "--company", slug],
      ...["--events", "import.done,run.closed", "--json"],
    ]);
    const { id, secret, ...told } = JSON.parse(added.stdout);
    expect(told).toMatchObject({ company: slug, events: ["import.done", "run.closed"] });
    expect(secret).toMatch(/^whsec_/);
    const listed = await sportello(["webhook", "list"]);
    expect(listed.stdout).toBe(
      `${id} https://billing.example.it/events: ${slug}; import.done, run.closed; 0 delivered, 0 waiting, 0 given up\n`,
    );
    const rotated = JSON.parse((await sportello(["webhook", "rotate", id, "--json"])).stdout);
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(rotated.secret).not.toBe(secret);
    expect((await sportello(["webhook", "remove", id])).code).toBe(0);
    expect((await sportello(["webhook", "list"])).stdout).toContain("no webhook yet");
    expect(refused(await sportello(["webhook", "remove", id]))).toBe(`There is no webhook ${id}.`);
  });

  test("refuses addresses that nothing is sent to, and events that are none", async () => {
    const add = (url: string, events = "import.done") =>
      sportello(["webhook", "add", url, "--events", events]);
    const lines = await Promise.all(
      [
        () => add("http://billing.example.it/"),
        () => add("https://user:secret@billing.example.it/"),
        () => add("https://billing.example.it/", "import.started"),
      ].map(async (work) => refused(await work())),
    );
    expect(lines[0]).toContain("must begin with https://");
    expect(lines[1]).toContain("no password");
    expect(lines[1]).not.toContain("secret@");
    expect(lines[2]).toContain("--events");
    expect(
      await clone.superuser.db.$count(
        webhookEndpoints,
        eq(webhookEndpoints.url, "http://billing.example.it/"),
      ),
    ).toBe(0);
  });
});
