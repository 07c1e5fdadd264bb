import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import type { OpenApiDocument } from "@/lib/api/openapi-document";
import type { ApiScope } from "@/lib/api/v1/rules";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { newFolder } from "../../factories/import-files";
import { type Clone, cloneDatabase } from "../../setup/database";

const ROOT = path.resolve(import.meta.dirname, "../../..");

type Handler = (
  request: Request,
  given: { params: Promise<Record<string, string>> },
) => Promise<Response> | Response;

/** A route file of the API with the address that Next.js serves it at. */
export interface RouteFile {
  /** As OpenAPI writes it: `/api/v1/runs/{company}/{run}`. */
  address: string;
  handlers: Record<string, Handler>;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Every route file of an API, as it stands below app/. */
export async function routeFiles(base = "/api/v1"): Promise<RouteFile[]> {
  const files: RouteFile[] = [];
  const folder = path.join(ROOT, "app", base);
  const all = await readdir(folder, { recursive: true });
  for (const file of all.filter((name) => path.basename(name) === "route.ts")) {
    const handlers = (await import(path.join(folder, file))) as Record<string, Handler>;
    const address = path.join(base, path.dirname(file)).replaceAll(/\[(\w+)\]/g, "{$1}");
    files.push({
      address,
      handlers: Object.fromEntries(
        Object.entries(handlers).filter(([name]) => METHODS.includes(name)),
      ),
    });
  }
  return files;
}

export interface Asked {
  key?: string;
  body?: string | Uint8Array | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
}

/** As a client reads it; what it looks like the document says, and `requireDocumented` looks. */
type Json = Awaited<ReturnType<Response["json"]>>;

export interface Told {
  status: number;
  headers: Headers;
  text: string;
  /** Null where it is no JSON. */
  json: Json;
}

export interface ApiServer {
  clone: Clone;
  ctx: Context<SystemActor>;
  document: OpenApiDocument;
  /** Calls a route as Next.js does; its answer must be one that the document has. */
  ask(method: "GET" | "POST", address: string, asked?: Asked): Promise<Told>;
  /** A key with these scopes; all companies' unless told. */
  key(scopes: ApiScope[], companyId?: number | null): Promise<string>;
  close(): Promise<void>;
}

let keys = 0;

/** The API on a database and a storage of its own, a folder unless told. */
export async function apiServer(storageUrl?: string): Promise<ApiServer> {
  const clone = await cloneDatabase();
  process.env.DATABASE_URL = clone.webUrl;
  process.env.DATABASE_WORKER_URL = clone.workerUrl;
  process.env.STORAGE_URL = storageUrl ?? `file:${await newFolder()}`;
  const files = await routeFiles();
  const { openApiDocument } = await import("@/lib/api/v1/openapi");
  const document = openApiDocument();
  const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
  return {
    clone,
    ctx,
    document,
    ask: async (method, address, asked) =>
      await askRoute(files, document, `${method} ${address}`, asked),
    async key(scopes, companyId = null) {
      const { addKey } = await import("@/lib/api/v1/commands/add-key");
      keys += 1;
      const added = await addKey(ctx, {
        name: `test ${keys}`,
        companyId,
        scopes,
        expiresInDays: null,
      });
      if (!added.ok) {
        throw new Error("the test's key was not added");
      }
      return added.value.secret;
    },
    async close() {
      const { closeConnections } = await import("@/lib/connections");
      await closeConnections();
      await clone.drop();
    },
  };
}

/**
 * Calls a route as Next.js does, whose answer must be one that the document has.
 * @param what `GET /api/v1/runs?company=a`
 */
export async function askRoute(
  files: RouteFile[],
  document: OpenApiDocument,
  what: string,
  { key, body, headers = {} }: Asked = {},
): Promise<Told> {
  const [method = "", address = ""] = what.split(" ");
  const { handler, route, params } = routeOf(files, method, address);
  const response = await handler(
    new Request(`http://localhost:3000${address}`, {
      method,
      body: body as BodyInit,
      headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers },
      ...(body === undefined ? {} : { duplex: "half" }),
    }),
    { params: Promise.resolve(params) },
  );
  const text = await response.text();
  requireDocumented(document, { method, route, response, text });
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : null,
  };
}

function routeOf(files: RouteFile[], method: string, address: string) {
  const { pathname } = new URL(address, "http://localhost");
  // What is written out goes before what stands in braces, as in Next.js.
  const ordered = files.toSorted(
    (a, b) => a.address.split("{").length - b.address.split("{").length,
  );
  for (const { address: route, handlers } of ordered) {
    const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const match = new RegExp(`^${route.replaceAll(/\{\w+\}/g, "([^/]+)")}$`).exec(pathname);
    const handler = handlers[method];
    if (match && handler) {
      const params = Object.fromEntries(
        names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? "")]),
      );
      return { handler, route, params };
    }
  }
  throw new Error(`no route for ${method} ${pathname}`);
}

/** What the document says of an answer; fails for one that is not in it or looks different. */
function requireDocumented(
  document: OpenApiDocument,
  {
    method,
    route,
    response,
    text,
  }: { method: string; route: string; response: Response; text: string },
): void {
  const place = `${method} ${route} ${response.status}`;
  const described = document.paths[route]?.[method.toLowerCase()] as
    | { responses: Record<string, { content: Record<string, { schema: object }> }> }
    | undefined;
  const medium = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const answer = described?.responses[response.status];
  if (answer && medium === "" && Object.keys(answer.content).length === 0) {
    expect(text, `${place} has no body in the document`).toBe("");
    return;
  }
  const content = answer?.content[medium];
  expect(content, `${place} ${medium} is not documented: ${text}`).toBeDefined();
  if (/json$/.test(medium) && content) {
    const parsed = validator(document, content.schema).safeParse(JSON.parse(text));
    expect(parsed.error?.issues ?? [], `${place} looks different: ${text}`).toEqual([]);
  }
}

/** What checks values against a schema of the document, made of the document alone. */
export function validator(document: OpenApiDocument, schema: object): z.ZodType {
  const local = (text: object) =>
    JSON.parse(JSON.stringify(text).replaceAll("#/components/schemas/", "#/$defs/")) as object;
  return z.fromJSONSchema({
    ...local(schema),
    $defs: local(document.components.schemas),
  } as Parameters<typeof z.fromJSONSchema>[0]);
}

export const sha256 = (body: string | Uint8Array) =>
  createHash("sha256").update(body).digest("hex");
