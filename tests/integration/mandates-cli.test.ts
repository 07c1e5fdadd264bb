import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { requestMandate } from "@/lib/contracts/commands/request-mandate";
import { newFolder } from "../factories/import-files";
import { makeCustomer } from "../factories/people";
import { commandLine } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of a test starts a process.
vi.setConfig({ testTimeout: 120_000 });

let clone: Clone;
let folder: string;
let sportello: ReturnType<typeof commandLine>;

beforeAll(async () => {
  clone = await cloneDatabase();
  folder = await newFolder();
  sportello = commandLine(clone, await newFolder());
});
afterAll(() => clone.drop());

const HEADER =
  "contract_number;customer_code;holder_name;tax_id;debtor;iban;requested_at;request_id";

describe("sportello mandates export", () => {
  test("writes what was asked for once, whole, for its owner alone, and never as a formula", async () => {
    const customer = await clone.superuser.db.transaction((db) =>
      makeCustomer(db, { mandate: null }),
    );
    const { contract, holder, company } = customer;
    const ctx = { db: clone.web.db, actor: customer.actor };
    const asked = await requestMandate(ctx, {
      ...{ company: company.slug, contractIds: [contract.id] },
      ...{ iban: "IT60X0542811101000000123456", debtor: '=1+1;"x"' },
    });
    expect(asked.ok).toBe(true);
    const output = path.join(folder, "requests.csv");
    const first = await sportello(["mandates", "export", "--output", output]);
    expect(first).toMatchObject({ code: 0, stdout: `Wrote 1 request to ${output}.\n` });
    const [header, line, ...rest] = (await readFile(output, "utf8")).split("\n");
    expect([header, rest]).toEqual([HEADER, [""]]);
    expect(line).toMatch(
      new RegExp(
        `^${contract.contractNumber};${contract.customerCode};Prova Persona;${holder.taxId};"'=1\\+1;""x""";IT60X0542811101000000123456;20\\d\\d-\\S+Z;[0-9a-f-]{36}$`,
      ),
    );
    expect((await stat(output)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["requests.csv"]);

    const none = await sportello(["mandates", "export", "--company", company.slug]);
    expect(none).toMatchObject({ code: 0, stdout: `${HEADER}\n` });
    const again = await sportello(["mandates", "export", "--all", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({
      ok: true,
      requests: [{ contractNumber: contract.contractNumber }],
    });
  });

  test("a file that cannot be written leaves nothing behind and marks nothing", async () => {
    const customer = await clone.superuser.db.transaction((db) =>
      makeCustomer(db, { mandate: null }),
    );
    const ctx = { db: clone.web.db, actor: customer.actor };
    await requestMandate(ctx, {
      ...{ company: customer.company.slug, contractIds: [customer.contract.id] },
      ...{ iban: "IT60X0542811101000000123456", debtor: "Prova Persona" },
    });
    const output = path.join(folder, "no-such-folder", "requests.csv");
    const failed = await sportello(["mandates", "export", "--output", output]);
    expect(failed.code).toBe(1);
    const kept = await sportello(["mandates", "export", "--json"]);
    expect(JSON.parse(kept.stdout).requests).toHaveLength(1);
    const unknown = await sportello(["mandates", "export", "--company", "nobody"]);
    expect(unknown.stderr).toContain('There is no company "nobody"');
  });
});
