import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "@/lib/api/v1/all-operations";
import { type ApiServer, apiServer, routeFiles, validator } from "./api-server";

let api: ApiServer;
beforeAll(async () => {
  api = await apiServer();
});
afterAll(async () => {
  await api.close();
});

/** Every `$ref` of a document. */
const refsIn = (value: object) =>
  [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? "");

describe("/api/v1/openapi.json", () => {
  test("has every route file with its methods, and nothing that is no route", async () => {
    const served = (await routeFiles()).flatMap(({ address, handlers }) =>
      Object.keys(handlers).map((method) => `${method} ${address}`),
    );
    const documented = Object.entries(api.document.paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(served.length).toBeGreaterThan(15);
    expect(documented.sort()).toEqual(served.sort());
  });

  test("is what the route answers, open to everybody, and whole", async () => {
    const answer = await api.ask("GET", "/api/v1/openapi.json");
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual(JSON.parse(JSON.stringify(api.document)));
    const { paths, components, webhooks } = api.document;
    const schemas = Object.keys(components.schemas).map((id) => `#/components/schemas/${id}`);
    const refs = refsIn(api.document);
    expect(refs.length).toBeGreaterThan(30);
    expect(refs.filter((ref) => !schemas.includes(ref))).toEqual([]);
    expect(Object.keys(webhooks)).toEqual(["import", "run"]);
    const ids: unknown[] = [];
    for (const [address, methods] of Object.entries(paths)) {
      for (const described of Object.values(methods)) {
        ids.push(described.operationId);
        const named = ((described.parameters ?? []) as { in: string; name: string }[])
          .filter((one) => one.in === "path")
          .map(({ name }) => name);
        expect(named.sort()).toEqual(
          [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
        );
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("names each operation's scope, and each is insisted on", async () => {
    for (const { method, address, scope } of OPERATIONS) {
      const described = api.document.paths[`/api/v1${address}`]?.[method];
      expect(described?.["x-scope"]).toBe(scope);
      const others = (["imports:write", "imports:read", "runs:write", "runs:read"] as const).filter(
        (one) => one !== scope,
      );
      const filled = `/api/v1${address}`.replaceAll(/\{\w+\}/g, "none");
      const asked = method === "get" ? "GET" : "POST";
      expect((await api.ask(asked, filled)).status).toBe(401);
      expect((await api.ask(asked, filled, { key: await api.key(others) })).status).toBe(403);
    }
  });

  test("its schemas tell right answers from wrong ones", () => {
    const problem = validator(api.document, { $ref: "#/components/schemas/Problem" });
    const right = {
      ...{ type: "/x", title: "t", status: 400, detail: "d", code: "invalid_request" },
    };
    expect(problem.safeParse(right).success).toBe(true);
    for (const wrong of [
      { ...right, code: "other" },
      { ...right, more: 1 },
      { ...right, status: "x" },
    ]) {
      expect(problem.safeParse(wrong).success).toBe(false);
    }
    const list = validator(api.document, { $ref: "#/components/schemas/ImportList" });
    expect(list.safeParse({ imports: [], next: null }).success).toBe(true);
    expect(list.safeParse({ imports: [{ id: "x" }], next: null }).success).toBe(false);
  });
});

describe("/api/v1", () => {
  test("is a page without script that names every operation, schema and problem", async () => {
    const page = await api.ask("GET", "/api/v1");
    const { text, headers } = page;
    const policy = headers.get("content-security-policy") ?? "";
    const [, nonce = ""] = /style-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(policy).toMatch(/^default-src 'none'; style-src 'nonce-[^']{20,}'; base-uri 'none';/);
    expect(text).toContain(`<style nonce="${nonce}">`);
    expect((await api.ask("GET", "/api/v1")).headers.get("content-security-policy")).not.toBe(
      policy,
    );
    expect(text).not.toMatch(/<script|style=|javascript:|\son\w+=|<link|<img/i);
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const methods of Object.values(api.document.paths)) {
      for (const { operationId } of Object.values(methods)) {
        expect(text).toContain(`<section id="${operationId}">`);
      }
    }
    for (const id of Object.keys(api.document.components.schemas)) {
      expect(text).toContain(`id="schema-${id}"`);
    }
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    // What a problem's type points to.
    expect(ids).toContain("problem-not_found");
    expect(text).not.toMatch(/undefined|\[object/);
  });
});
