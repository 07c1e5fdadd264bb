import { eq, like } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounts, contractLinks, holders, rateLimits } from "@/db/schema";
import { storeProfiles } from "@/lib/consumption/commands";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { addDays, romeDay } from "@/lib/time";
import { contractsFile } from "../../factories/import-files";
import { makeAccount, makeContract, makeDocument, must } from "../../factories/people";
import { makeDay } from "../../factories/readings";
import { read } from "../../unit/layouts/read-file";
import { type Customer, type CustomerServer, customerServer } from "./customer-server";

let api: CustomerServer;
let mine: Customer;
let other: Customer;
let token: string;

beforeAll(async () => {
  api = await customerServer();
  mine = await api.customer();
  other = await api.customer();
  token = await api.token(mine);
  await storeProfiles(api.system, [
    makeDay(mine, "2026-03-29", 100),
    makeDay(mine, "2026-10-25", 200),
    makeDay(other, "2026-10-25", 777),
  ]);
});
afterAll(async () => {
  await api.close();
});

const consumption = (query: string, shown = token) => api.get(`/consumption?${query}`, shown);
const asked = (from: string, to: string, more = "", of = mine) =>
  `contract=${of.contract.contractNumber}&from=${from}&to=${to}${more}`;

const anyOf = (rest: string) => `contract=any&${rest}`;

describe("the customer's API", () => {
  test("R28 tells the account's contracts, and the days they have", async () => {
    const { status, json, headers } = await api.get("/contracts", token);
    expect(status).toBe(200);
    expect(json.contracts).toEqual([
      {
        ...{ id: mine.contract.id, contractNumber: mine.contract.contractNumber },
        ...{ commodity: "electricity", supplyPoint: "IT001E00000001", baseUnit: "Wh" },
        ...{ firstDay: "2026-03-29", lastDay: "2026-10-25" },
      },
    ]);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  test("R22 tells 92 and 100 quarter-hours in JSON, and the contract by number and id alike", async () => {
    const { status, json } = await consumption(asked("2026-03-29", "2026-10-25"));
    expect(status).toBe(200);
    expect(json.days.map((day: { intervals: [] }) => day.intervals.length)).toEqual([92, 100]);
    const byId = await consumption(`contract=${mine.contract.id}&from=2026-03-29&to=2026-10-25`);
    expect(byId.json).toEqual(json);
  });

  test("R22 CSV of intervals comes in again; CSV of days is none of readings", async () => {
    const { text, headers } = await consumption(asked("2026-03-01", "2026-11-01", "&format=csv"));
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toContain("attachment");
    const days = await read(text);
    expect(days.map(({ localDay, values }) => [localDay, values.length, values[0]])).toEqual([
      ["2026-03-29", 92, 100],
      ["2026-10-25", 100, 200],
    ]);
    const byDay = await consumption(
      asked("2020-01-01", "2026-11-01", "&format=csv&resolution=days"),
    );
    expect(byDay.text.split("\r\n").slice(1, 3)).toEqual([
      `${mine.contract.contractNumber};2026-03-29;consumption;9,200;kWh;0,000;0,000;9,200;computed;92;0;0`,
      `${mine.contract.contractNumber};2026-10-25;consumption;20,000;kWh;0,000;0,000;20,000;computed;100;0;0`,
    ]);
    await expect(read(byDay.text)).rejects.toThrow();
  });

  test("R28 refuses everybody without a token that lives, all alike", async () => {
    const revoked = await api.token(mine);
    expect((await api.get("/contracts", revoked)).status).toBe(200);
    await api.revoke(revoked);
    const gone = await api.customer();
    const ofGone = await api.token(gone);
    await api.clone.superuser.db
      .update(accounts)
      .set({ deletedAt: new Date(), passwordHash: null })
      .where(eq(accounts.id, gone.account.id));
    const shown: (Record<string, string> | string)[] = [
      {},
      { authorization: "Basic c3BjXzp4" },
      { authorization: "Bearer" },
      { authorization: `Bearer ${token} ${token}` },
      { cookie: `token=${token}` },
      "spc_short",
      `spc_${"A".repeat(43)}`,
      `${token}x`,
      revoked,
      ofGone,
      await api.token(mine, "calendar"),
    ];
    const query = asked("2026-10-01", "2026-10-31");
    const answers: string[] = [];
    for (const one of shown) {
      for (const address of ["/contracts", `/consumption?${query}`, "/consumption?from=x"]) {
        const answer = await (typeof one === "string"
          ? api.get(address, one)
          : api.get(address, undefined, one));
        expect(answer.status).toBe(401);
        answers.push(JSON.stringify([[...answer.headers], answer.text]));
      }
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("Bearer realm");
    const inAddress = await api.get(`/contracts?token=${token}&access_token=${token}`);
    expect(inAddress.status).toBe(401);
  });

  test.each([
    [anyOf("from=2026-10-31&to=2026-10-01"), "from in the query: must not be after to."],
    [anyOf("from=2026-02-30&to=2026-03-01"), "from in the query: must be a day as 2026-11-30."],
    [anyOf("from=1.10.2026&to=2026-10-02"), "from in the query: must be a day as 2026-11-30."],
    [anyOf("from=1900-01-01&to=2026-01-02"), "from in the query: must lie from 2000 to 2100."],
    [anyOf("from=1999-12-31&to=2000-01-02"), "from in the query: must lie from 2000 to 2100."],
    [anyOf("to=2026-10-02"), "from in the query: must be a day as 2026-11-30."],
    ["from=2026-10-01&to=2026-10-02", "contract in the query: must be a contract's number or id."],
    [
      "contract=&from=2026-10-01&to=2026-10-02",
      "contract in the query: must be a contract's number or id.",
    ],
    [
      anyOf("from=2025-01-01&to=2026-02-05"),
      "to in the query: is too late, 400 days come at once at most, with resolution=days 4000.",
    ],
    [
      anyOf("from=2000-01-01&to=2100-12-31&resolution=days"),
      "to in the query: is too late, 400 days come at once at most, with resolution=days 4000.",
    ],
    [
      anyOf("from=2026-10-01&to=2026-10-02&format=xml"),
      "format in the query: must be json or csv.",
    ],
    [
      anyOf("from=2026-10-01&to=2026-10-02&resolution=week"),
      "resolution in the query: must be intervals or days.",
    ],
    [
      anyOf("from=2026-10-01&to=2026-10-02&until=x"),
      'the query has no parameter "until", known are: contract, from, to, resolution, format.',
    ],
    [
      anyOf("from=2026-10-01&to=2026-10-02&from=2026-10-02"),
      "from stands in the query twice; give it once.",
    ],
  ])("says in one sentence what is wrong with %s", async (query, sentence) => {
    const { status, json } = await consumption(query);
    expect([status, json.detail]).toEqual([400, sentence]);
    expect(json.code).toBe("invalid_request");
  });

  test("400 days are answered, and so are 4,000 of totals", async () => {
    expect((await consumption(asked("2025-10-01", addDays("2025-10-01", 399)))).status).toBe(200);
    const days = asked("2020-01-01", addDays("2020-01-01", 3_999), "&resolution=days");
    expect((await consumption(days)).json.days).toHaveLength(2);
  });

  test("R28 another customer's contract is not found, like one that never was", async () => {
    const found = async (contract: string) => {
      const answer = await consumption(`contract=${contract}&from=2026-10-01&to=2026-10-31`);
      return [answer.status, answer.text];
    };
    const none = await found("no-such-contract");
    expect(none[0]).toBe(404);
    expect(await found(other.contract.contractNumber)).toEqual(none);
    expect(await found(other.contract.id)).toEqual(none);
    expect((await consumption(asked("2026-10-01", "2026-10-31", "", other))).text).not.toContain(
      "777",
    );
  });

  test("R28 of two contracts with the same number one's own is told", async () => {
    const same = await api.customer({ contract: { contractNumber: mine.contract.contractNumber } });
    await storeProfiles(api.system, [makeDay(same, "2026-10-25", 555)]);
    const { text } = await consumption(asked("2026-10-25", "2026-10-25"));
    expect(text).not.toContain('"base":555');
    expect(text).toContain('"base":200');
  });

  test("more than 600 calls in an hour wait for as long as the hour lasts; other tokens do not", async () => {
    const busy = await api.token(mine);
    const { db } = api.clone.superuser;
    const before = new Set((await db.select().from(rateLimits)).map(({ key }) => key));
    expect((await api.get("/contracts", busy)).status).toBe(200);
    const made = (await db.select().from(rateLimits).where(like(rateLimits.key, "customer_token%")))
      .map(({ key }) => key)
      .filter((key) => !before.has(key));
    expect(made).toHaveLength(1);
    const row = eq(rateLimits.key, must(made[0]));
    await db.update(rateLimits).set({ points: 599 }).where(row);
    expect((await api.get("/contracts", busy)).status).toBe(200);
    await db
      .update(rateLimits)
      .set({ expire: new Date(Date.now() + 90_000) })
      .where(row);
    for (const address of ["/contracts", "/consumption?from=x"]) {
      const held = await api.get(address, busy);
      expect([held.status, held.json.code]).toEqual([429, "too_many_calls"]);
      const wait = Number(held.headers.get("retry-after"));
      expect(wait).toBeGreaterThan(60);
      expect(wait).toBeLessThanOrEqual(90);
    }
    expect((await api.get("/contracts", token)).status).toBe(200);
  });

  test("R28 reads and nothing else: no route takes another method", () => {
    expect(api.files.map(({ handlers }) => Object.keys(handlers))).toEqual(
      api.files.map(() => ["GET"]),
    );
  });

  test("answers whole, whatever a client says it has already", async () => {
    const { status, headers, text } = await api.get("/contracts", token, {
      "if-none-match": "*",
      "if-modified-since": new Date().toUTCString(),
      range: "bytes=0-1",
    });
    expect(status).toBe(200);
    expect(JSON.parse(text).contracts).toHaveLength(1);
    expect([headers.get("etag"), headers.get("last-modified")]).toEqual([null, null]);
  });
});

describe("a calendar", () => {
  const bill = (of: Customer, over = {}) =>
    api.clone.superuser.db.transaction((tx) =>
      makeDocument(tx, {
        ...{ companyId: of.contract.companyId, contractId: of.contract.id },
        ...{ holderId: of.holder.id, dueDate: addDays(romeDay(new Date()), 10) },
        ...over,
      }),
    );

  test("R28 has the account's due dates and no other's, and is kept by nobody", async () => {
    const own = await bill(mine);
    await bill(other);
    const secret = await api.token(mine, "calendar");
    const { status, text, headers } = await api.get(`/calendar/${secret}.ics`);
    expect(status).toBe(200);
    expect(text.match(/^UID:.*$/gm)?.map((line) => line.trim())).toEqual([
      `UID:${own.id}@sportello`,
    ]);
    expect(text).not.toContain(secret);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect((await api.get(`/calendar/${secret}.ics?nocache=1`)).status).toBe(200);
  });

  test("R28 of an unknown, revoked or other secret is not there, all alike and without a word", async () => {
    const revoked = await api.token(mine, "calendar");
    await api.revoke(revoked);
    const answers = new Set<string>();
    for (const file of [
      "none.ics",
      `spc_${"A".repeat(43)}.ics`,
      `${revoked}.ics`,
      revoked,
      `${token}.ics`,
      `${encodeURIComponent("../../x")}.ics`,
      `${"x".repeat(5_000)}.ics`,
      "%00.ics",
    ]) {
      const answer = await api.get(`/calendar/${file}`, token);
      expect(answer.status).toBe(404);
      answers.add(JSON.stringify([[...answer.headers], answer.text]));
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).not.toMatch(/www-authenticate/i);
  });

  test("guesses are held up, and whoever has a secret at the same place is not", async () => {
    const secret = await api.token(mine, "calendar");
    const from = { "x-forwarded-for": "203.0.113.9" };
    const statuses: number[] = [];
    for (let count = 0; count < 32; count += 1) {
      statuses.push((await api.get("/calendar/none.ics", undefined, from)).status);
    }
    expect(statuses).toEqual([...Array(30).fill(404), 429, 429]);
    const held = await api.get("/calendar/none.ics", undefined, from);
    expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await api.get(`/calendar/${secret}.ics`, undefined, from)).status).toBe(200);
  });
});

describe("R5 a contract that changed hands", () => {
  test("leaves the former holder their bills, and shows the new one nothing from before", async () => {
    const { db } = api.clone.superuser;
    const today = romeDay(new Date());
    const former = await api.customer({ contract: { contractNumber: "C-MOVED" } });
    await db
      .update(holders)
      .set({ taxId: "RSSMRA80A01H501U" })
      .where(eq(holders.id, former.holder.id));
    const of = { companyId: former.contract.companyId, contractId: former.contract.id };
    const dueDate = addDays(today, 15);
    const bill = (holderId: string, billNumber: string) =>
      db.transaction((tx) => makeDocument(tx, { ...of, holderId, billNumber, dueDate }));
    const before = await bill(former.holder.id, "BEFORE-1");
    await storeProfiles(api.system, [
      makeDay(former, addDays(today, -1), 333),
      makeDay(former, today, 444),
    ]);
    const secrets = {
      token: await api.token(former),
      calendar: await api.token(former, "calendar"),
    };

    await importContracts(api.system, {
      company: former.company.slug,
      file: await contractsFile({
        ...{ contract_number: "C-MOVED", tax_id: "VRDGPP75B02F205A" },
        ...{ holder_name: "Verdi Giuseppe", mandate_debtor: "Verdi Giuseppe" },
      }),
      dryRun: false,
    });
    const [holder] = await db.select().from(holders).where(eq(holders.taxId, "VRDGPP75B02F205A"));
    const account = await db.transaction((tx) => makeAccount(tx, { holderId: must(holder).id }));
    await db.insert(contractLinks).values({ ...of, accountId: account.id });
    const present = { ...former, holder: must(holder), account };
    const after = await bill(present.holder.id, "AFTER-1");

    const uids = async (secret: string) =>
      (await api.get(`/calendar/${secret}.ics`)).text
        .match(/^UID:[^@]*/gm)
        ?.map((line) => line.slice(4));
    const range = `contract=C-MOVED&from=${addDays(today, -30)}&to=${today}`;

    // The former holder: the bill of their time, and of the contract nothing more.
    expect(await uids(secrets.calendar)).toEqual([before.id]);
    expect((await api.get("/contracts", secrets.token)).json.contracts).toEqual([]);
    expect((await consumption(range, secrets.token)).status).toBe(404);

    // The present one: what is theirs, from the day on which they took it over.
    const theirs = await api.token(present);
    expect(await uids(await api.token(present, "calendar"))).toEqual([after.id]);
    expect((await api.get("/contracts", theirs)).json.contracts).toMatchObject([
      { contractNumber: "C-MOVED", firstDay: today, lastDay: today },
    ]);
    for (const more of ["", "&resolution=days", "&format=csv", "&format=csv&resolution=days"]) {
      const { status, text } = await consumption(`${range}${more}`, theirs);
      expect(status).toBe(200);
      expect(text).toContain(today);
      expect(text).not.toContain(`${addDays(today, -1)};`);
      expect(text).not.toContain(`"${addDays(today, -1)}"`);
      expect(text).not.toMatch(/0[,.]333|"base":333/);
    }
  });

  test("R28 a contract that left an account for another reason takes its bills with it", async () => {
    const { db } = api.clone.superuser;
    const one = await api.customer();
    const secret = await api.token(one, "calendar");
    await db.transaction(async (tx) => {
      await makeDocument(tx, {
        ...{ companyId: one.contract.companyId, contractId: one.contract.id },
        ...{ holderId: one.holder.id, dueDate: addDays(romeDay(new Date()), 10) },
      });
      // The holder has more of them, which are in no account.
      const unlinked = await makeContract(tx, {
        ...{ companyId: one.company.id, holderId: one.holder.id },
      });
      await makeDocument(tx, {
        ...{ companyId: one.company.id, contractId: unlinked.id, holderId: one.holder.id },
      });
    });
    const events = async () =>
      (await api.get(`/calendar/${secret}.ics`)).text.match(/BEGIN:VEVENT/g)?.length ?? 0;
    expect(await events()).toBe(1);
    await db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "removed" })
      .where(eq(contractLinks.contractId, one.contract.id));
    expect(await events()).toBe(0);
  });
});
