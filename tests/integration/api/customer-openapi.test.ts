import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storeProfiles } from "@/lib/consumption/commands";
import { consumptionFile } from "@/lib/consumption/exports/json-schema";
import { makeDay } from "../../factories/readings";
import { validator } from "./api-server";
import { BASE, type Customer, type CustomerServer, customerServer } from "./customer-server";

let api: CustomerServer;
let mine: Customer;
let token: string;

beforeAll(async () => {
  api = await customerServer();
  mine = await api.customer();
  token = await api.token(mine);
  await storeProfiles(api.system, [
    makeDay(mine, "2026-10-25"),
    makeDay(mine, "2026-10-25", 7, { direction: "injection" }),
    makeDay(mine, "2026-10-26", 0, { values: Array(96).fill(-1), quality: "m".repeat(96) }),
  ]);
});
afterAll(async () => {
  await api.close();
});

const schema = (id: string) => validator(api.document, { $ref: `#/components/schemas/${id}` });

describe("/api/customer/v1/openapi.json", () => {
  test("has every route file with its methods, and nothing that is no route", () => {
    const served = api.files.flatMap(({ address, handlers }) =>
      Object.keys(handlers).map((method) => `${method} ${address}`),
    );
    const documented = Object.entries(api.document.paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(served).toHaveLength(5);
    expect(documented.sort()).toEqual(served.sort());
  });

  test("is what the route answers, open to everybody, and whole", async () => {
    const answer = await api.get("/openapi.json");
    expect(answer.json).toEqual(JSON.parse(JSON.stringify(api.document)));
    const schemas = Object.keys(api.document.components.schemas);
    expect(schemas.sort()).toEqual(["Consumption", "ContractList", "Problem"]);
    const refs = [...answer.text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(new Set(refs.map(([, id]) => id)).size).toBe(3);
    expect(api.document.paths[`${BASE}/calendar/{file}`]?.get?.security).toEqual([]);
  });

  test("its page has no script, names every operation, schema and problem, and links to all it says", async () => {
    const { text, headers } = await api.get("");
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'nonce-/,
    );
    expect(text).not.toMatch(/<script|style=|javascript:|\son\w+=|<link|<img|undefined|\[object/i);
    for (const id of ["listContracts", "getConsumption", "getCalendar", "schema-Consumption"]) {
      expect(text).toContain(`id="${id}"`);
    }
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? "");
    const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids).toContain("problem-too_many_calls");
    expect(ids.filter((id) => /scope|flight|webhook/.test(id))).toEqual([]);
  });
});

describe("real answers satisfy the schemas", () => {
  test("of contracts", async () => {
    const { json } = await api.get("/contracts", token);
    expect(schema("ContractList").safeParse(json).success).toBe(true);
    expect(json.contracts).toHaveLength(1);
    expect(schema("ContractList").safeParse({ contracts: [{}] }).success).toBe(false);
  });

  test("R22 of consumption, by interval and by day; of a day without a measure nothing is zero", async () => {
    const asked = `contract=${mine.contract.contractNumber}&from=2026-10-24&to=2026-10-31`;
    const { json } = await api.get(`/consumption?${asked}`, token);
    expect(consumptionFile.parse(json)).toEqual(json);
    expect(schema("Consumption").safeParse(json).success).toBe(true);
    expect(json.days).toHaveLength(3);
    expect(json.days[0].intervals).toHaveLength(100);
    const byDay = (await api.get(`/consumption?${asked}&resolution=days`, token)).json;
    expect(consumptionFile.parse(byDay)).toEqual(byDay);
    expect(byDay.days.map((day: { intervals?: unknown }) => day.intervals)).toEqual(
      Array(3).fill(undefined),
    );
    const total = (file: typeof json) => file.days.map((day: { total: number }) => day.total);
    expect(total(byDay)).toEqual(total(json));
    expect(byDay.days.at(-1)).toMatchObject({ total: null, bands: null, missing: 96 });
    expect(schema("Consumption").safeParse({ ...json, more: 1 }).success).toBe(false);
  });

  test("of refusals", async () => {
    for (const [address, shown] of [
      ["/contracts", ""],
      ["/contracts?page=2", token],
      ["/consumption", token],
      ["/consumption?contract=none&from=2026-01-01&to=2026-01-02", token],
    ] as const) {
      const { json, status } = await api.get(address, shown);
      expect(schema("Problem").safeParse(json).success).toBe(true);
      expect(json).toMatchObject({ status, type: `${BASE}#problem-${json.code}` });
    }
  });
});
