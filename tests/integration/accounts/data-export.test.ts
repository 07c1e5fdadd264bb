import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accountMails,
  auditLog,
  customerTokens,
  dataExports,
  deliveryAddresses,
  deliveryChoices,
  mandateRequests,
  secondFactors,
} from "@/db/schema";
import { exportOwnData } from "@/lib/accounts/commands/export-own-data";
import { prepareDataExport } from "@/lib/accounts/commands/prepare-data-export";
import { findLiveExport } from "@/lib/accounts/queries/data-exports";
import { zipResponse } from "@/lib/api/zip-response";
import type { CustomerActor } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/auth/password";
import { openSession } from "@/lib/auth/sessions";
import { storeProfiles } from "@/lib/consumption/commands";
import { unzipped } from "../../factories/archives";
import { addBillLines } from "../../factories/bill-lines";
import { makeAccountMail, makeDispatch } from "../../factories/dispatches";
import { makeCustomer } from "../../factories/people";
import { makeDay } from "../../factories/readings";
import { sendNext } from "../../factories/sendings";
import { PASSWORD } from "../../factories/signup";
import { test, type World } from "../../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const makeMember = async (world: World, over: Parameters<typeof makeCustomer>[1] = {}) =>
  makeCustomer(world.db, {
    ...over,
    account: { passwordHash: await hashPassword(PASSWORD), ...over.account },
  });

const prepare = (world: World, actor: CustomerActor, password = PASSWORD) =>
  world.web(actor, (ctx) => prepareDataExport(ctx, { password }));

/** What a browser gets under the download's address; null for a 404. */
const download = (world: World, actor: CustomerActor, id: string) =>
  world.web(actor, async (ctx) => {
    const data = await exportOwnData(ctx, id);
    return data && unzipped(await zipResponse(data.name, data.files).bytes());
  });

async function prepared(world: World, actor: CustomerActor): Promise<string> {
  const result = await prepare(world, actor);
  return result.ok ? result.value.id : "";
}

/** Something of everything that is in an archive; texts carry a mark of whose they are. */
async function useEverything(world: World, customer: Customer, mark: string) {
  const { company, contract, account, actor, holder } = customer;
  const of = { companyId: company.id, contractId: contract.id };
  await openSession({ db: world.db, actor }, { userAgent: `Browser ${mark}`, awaiting: null });
  const email = `${mark}@posta.example`;
  await world.db.insert(deliveryAddresses).values({ accountId: account.id, email });
  await world.db.insert(deliveryChoices).values({
    ...of,
    accountId: account.id,
    mode: "electronic",
    email,
    noticeVersion: "2026-11",
    origin: "customer",
  });
  await world.db.insert(mandateRequests).values({
    ...of,
    holderId: holder.id,
    accountId: account.id,
    debtor: `Debtor ${mark}`,
    iban: "IT60X0542811101000000123456",
  });
  const { document } = await makeDispatch(world.db, customer, {
    document: { billNumber: `BILL-${mark}`, totalCents: 123_456 },
  });
  await addBillLines(world.db, [
    {
      ...of,
      documentId: document.id,
      lineNumber: 1,
      section: "energy",
      description: `=HYPERLINK("${mark}")`,
      quantity: "12.500",
      unit: "kWh",
      unitPriceEur: "0.25",
      amountCents: 313,
    },
    {
      ...of,
      documentId: document.id,
      lineNumber: 2,
      section: "other",
      description: "Sconto; bolletta elettronica",
      amountCents: -600,
    },
  ]);
  await sendNext(world);
  await makeAccountMail(world.db, customer, {
    template: "delivery-changed",
    state: "sent",
    sentAt: new Date("2026-10-01T10:00:00Z"),
    content: {
      version: "1",
      from: "a@b.example",
      replyTo: "a@b.example",
      subject: `Subject ${mark}`,
      preheader: "",
      html: "",
      text: "",
    },
  });
  const day = makeDay(customer, "2024-09-02", 250);
  const quality = `m${"a".repeat(95)}`;
  await world.worker((ctx) =>
    storeProfiles(ctx, [
      makeDay(customer, "2024-09-01", 100),
      { ...day, values: day.values.with(0, -1), quality },
    ]),
  );
}

describe("prepareDataExport", () => {
  test("R28 asks for the password, and for nothing is anything kept", async ({ world }) => {
    const { actor } = await makeMember(world);
    expect(await prepare(world, actor, "not the password")).toEqual({
      ok: false,
      code: "passwordWrong",
    });
    expect(await world.db.select().from(dataExports)).toEqual([]);
    expect(await world.db.select().from(accountMails)).toEqual([]);
  });

  test("R30 is good for a day, audited, and told to the account", async ({ world }) => {
    const { actor, account } = await makeMember(world);
    const result = await prepare(world, actor);
    expect(result).toMatchObject({ ok: true });
    const [row] = await world.db.execute(sql`
      select extract(epoch from expires_at - created_at)::int as seconds from data_exports`);
    expect(row).toEqual({ seconds: 86_400 });
    expect(await world.db.select().from(accountMails)).toMatchObject([
      { template: "data-ready", accountId: account.id, toEmail: account.email, state: "queued" },
    ]);
    expect(await world.db.select().from(auditLog)).toMatchObject([
      { action: "asked_for_data", actorId: account.id, subjectId: account.id },
    ]);
    const live = await world.web(actor, findLiveExport);
    expect(live).toEqual(result.ok && result.value);
  });

  test("R28 another customer neither sees nor downloads it", async ({ world }) => {
    const { actor } = await makeMember(world);
    const other = await makeMember(world);
    const id = await prepared(world, actor);
    expect(await world.web(other.actor, findLiveExport)).toBeNull();
    expect(await download(world, other.actor, id)).toBeNull();
    // The scope in the statements holds without row-level security, too.
    const unguarded = { db: world.db, actor: other.actor };
    expect(await findLiveExport(unguarded)).toBeNull();
    expect(await exportOwnData(unguarded, id)).toBeNull();
    const [untouched] = await world.db.select().from(dataExports);
    expect(untouched?.downloadedAt).toBeNull();
    expect(await download(world, actor, id)).not.toBeNull();
  });

  test("R28 an expired one, an unknown one and no id at all are not found", async ({ world }) => {
    const { actor } = await makeMember(world);
    const id = await prepared(world, actor);
    await world.db.update(dataExports).set({ expiresAt: sql`clock_timestamp()` });
    expect(await world.web(actor, findLiveExport)).toBeNull();
    for (const asked of [id, actor.accountId, "..", ""]) {
      expect(await download(world, actor, asked)).toBeNull();
    }
  });
});

describe("exportOwnData", () => {
  test("R28 holds everything of the customer's own and nothing of another's", async ({ world }) => {
    const customer = await makeMember(world);
    const other = await makeMember(world, { company: customer.company });
    await useEverything(world, customer, "mine");
    await useEverything(world, other, "theirs");
    await world.db.insert(secondFactors).values({
      accountId: customer.account.id,
      secret: "sealed-secret",
      confirmedAt: new Date(),
    });
    for (const { account, name } of [
      { ...customer, name: "token mine" },
      { ...other, name: "token theirs" },
    ]) {
      await world.db.insert(customerTokens).values({
        ...{ accountId: account.id, purpose: "calendar", name },
        secretHash: randomBytes(32),
      });
    }
    const id = await prepared(world, customer.actor);
    const files = (await download(world, customer.actor, id)) ?? new Map<string, string>();
    const names = [
      "contracts",
      "mandates",
      "mandate-requests",
      "delivery-choices",
      "delivery-addresses",
      "bills",
      "bill-lines",
      "payments",
      "emails",
      "daily-consumption",
      "interval-consumption",
      "access-log",
    ];
    expect([...files.keys()]).toEqual([
      "README.txt",
      "account.json",
      ...names.flatMap((name) => [`${name}.json`, `${name}.csv`]),
    ]);
    const all = [...files.values()].join("\n");
    for (const foreign of [
      "theirs",
      other.account.email,
      other.holder.taxId,
      other.contract.contractNumber,
      other.account.id,
      "sealed-secret",
      "argon2",
    ]) {
      expect(all).not.toContain(foreign);
    }
    for (const name of names) {
      const rows = JSON.parse(files.get(`${name}.json`) ?? "") as unknown[];
      expect([name, rows.length > 0]).toEqual([name, true]);
      const csv = files.get(`${name}.csv`) ?? "";
      expect(csv.startsWith("\uFEFF")).toBe(true);
      expect([name, csv.trimEnd().split("\r\n").length]).toEqual([name, rows.length + 1]);
    }
    expect(JSON.parse(files.get("account.json") ?? "")).toMatchObject({
      taxId: customer.holder.taxId,
      email: customer.account.email,
      language: "it",
      secondFactor: { on: true },
      sessions: [{ browser: "Browser mine", endedAt: null }],
      alerts: [],
      selfReadings: [],
      complaintsAndQuestions: [],
      tokens: [{ name: "token mine", purpose: "calendar", revokedAt: null }],
    });
    expect(JSON.parse(files.get("emails.json") ?? "")).toMatchObject([
      { subject: "Subject mine", template: "delivery-changed" },
      { to: customer.account.email, state: "accepted", template: "new-bill" },
    ]);
    expect(files.get("README.txt")).toContain("I TUOI DATI");
    const [row] = await world.db.select().from(dataExports).where(eq(dataExports.id, id));
    expect(row?.downloadedAt).not.toBeNull();
  });

  test("R27 R22 writes decimal commas, exact amounts and missing values; no cell is a formula", async ({
    world,
  }) => {
    const customer = await makeMember(world, {
      contract: { supplyAddress: "+39 Via Inventata; 1", annualConsumption: "2700.5" },
    });
    await useEverything(world, customer, "mine");
    const id = await prepared(world, customer.actor);
    const files = (await download(world, customer.actor, id)) ?? new Map<string, string>();
    expect(files.get("bill-lines.csv")?.split("\r\n").slice(1)).toEqual([
      `BILL-mine;1;energy;"'=HYPERLINK(""mine"")";12,500;kWh;0,25;3,13`,
      'BILL-mine;2;other;"Sconto; bolletta elettronica";;;;-6,00',
      "",
    ]);
    expect(files.get("bills.csv")).toContain(";1234,56;");
    expect(files.get("contracts.csv")).toContain(`;"'+39 Via Inventata; 1";`);
    expect(files.get("contracts.csv")).toContain(";2700,5;");
    expect(JSON.parse(files.get("payments.json") ?? "")).toMatchObject([
      {
        total_eur: 1234.56,
        payment_status: "open",
        mandate_reference: customer.mandate?.reference,
      },
    ]);
    const days = files.get("daily-consumption.csv")?.split("\r\n") ?? [];
    expect(days[1]).toMatch(/;consumption;2024-09-01;kWh;9,600;/);
    const intervals = JSON.parse(files.get("interval-consumption.json") ?? "");
    expect(intervals).toHaveLength(192);
    // Midnight in Rome, in universal time; a missing value is none, not zero.
    expect(intervals[96]).toMatchObject({
      local_day: "2024-09-02",
      starts_at: "2024-09-01T22:00:00.000Z",
      value: null,
      quality: "missing",
    });
    expect(intervals[97]).toMatchObject({ value: 0.25, minutes: 15, quality: "actual" });
    const mandates = JSON.parse(files.get("mandates.json") ?? "");
    expect(mandates[0].iban).not.toContain("000000123456");
  });

  test("R28 the scope in the statements holds without row-level security", async ({ world }) => {
    const customer = await makeMember(world);
    const other = await makeMember(world, { company: customer.company });
    await useEverything(world, customer, "mine");
    await useEverything(world, other, "theirs");
    const id = await prepared(world, customer.actor);
    const guarded = await download(world, customer.actor, id);
    const data = await exportOwnData({ db: world.db, actor: customer.actor }, id);
    const files = data && (await unzipped(await zipResponse(data.name, data.files).bytes()));
    for (const [name, text] of files ?? []) {
      // They tell of the download itself, and when it was.
      if (!/^(access-log|README)/.test(name)) {
        expect([name, text]).toEqual([name, guarded?.get(name)]);
      }
      expect([name, /theirs/.test(text)]).toEqual([name, false]);
    }
  });

  test("R29 speaks the account's language", async ({ world }) => {
    const { actor } = await makeMember(world, { account: { language: "de" } });
    const files = await download(world, actor, await prepared(world, actor));
    expect(files?.get("README.txt")).toContain("IHRE DATEN");
  });

  test("R28 reads thousands of bills and lines a page at a time, each once", async ({ world }) => {
    const customer = await makeMember(world);
    const { company, contract, holder } = customer;
    await world.db.execute(sql`
      with bill as (
        insert into documents (company_id, contract_id, holder_id, kind, bill_number, contract_number,
          commodity, supply_point, supply_address, origin, issue_date, due_date, period_from,
          period_to, total_cents, published_at)
        select ${company.id}, ${contract.id}, ${holder.id}, 'bill', 'N' || n, 'C', 'electricity', 'P', 'A',
          'archive', '2026-01-01', '2026-02-01', '2025-12-01', '2025-12-31', n, now()
        from generate_series(1, 1100) n returning company_id, contract_id, id)
      insert into bill_line_sets (company_id, contract_id, document_id, lines)
      select company_id, contract_id, id, (select jsonb_agg(
        jsonb_build_array(line, 'energy', 'x', null, null, null, 1)) from generate_series(1, 3) line)
      from bill`);
    const files = await download(world, customer.actor, await prepared(world, customer.actor));
    const numbers = JSON.parse(files?.get("bills.json") ?? "").map(
      (row: { bill_number: string }) => row.bill_number,
    );
    expect([numbers.length, new Set(numbers).size]).toEqual([1100, 1100]);
    const lines = JSON.parse(files?.get("bill-lines.json") ?? "").map(
      (row: { bill_number: string; line_number: number }) =>
        `${row.bill_number} ${row.line_number}`,
    );
    expect([lines.length, new Set(lines).size]).toEqual([3300, 3300]);
  });
});

describe("zipResponse", () => {
  const endless = (seen: { pieces: number; ended: boolean }) => ({
    name: "a.txt",
    async *lines() {
      try {
        for (;;) {
          seen.pieces += 1;
          // Nothing that could be packed much smaller.
          yield randomBytes(24_000).toString("base64");
        }
      } finally {
        seen.ended = true;
      }
    },
  });

  test("R28 tells browsers to keep it to themselves and to run nothing in it", () => {
    const { headers } = zipResponse('dati di "x".zip', []);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": 'attachment; filename="dati_di__x_.zip"',
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox",
    });
  });

  test("R28 reads no further than somebody downloads, and stops when they go away", async () => {
    const seen = { pieces: 0, ended: false };
    const reader = zipResponse("a.zip", [endless(seen)]).body?.getReader();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const held = seen.pieces;
    expect(held).toBeLessThan(50);
    await reader?.cancel();
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.pieces - held).toBeLessThan(5);
  });

  test("R28 a failure breaks the download off instead of ending it well", async () => {
    const broken = {
      name: "b.txt",
      // biome-ignore lint/correctness/useYield: it fails before it has anything
      async *lines(): AsyncGenerator<string> {
        throw new Error("the database is gone");
      },
    };
    await expect(zipResponse("b.zip", [broken]).bytes()).rejects.toThrow();
  });
});
