import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KNOWN_MIGRATIONS, schemaState } from "@/db/known-migrations";
import { closeConnections } from "@/lib/connections";
import { startWorker } from "@/lib/jobs/worker";
import { watchServing } from "@/lib/serving";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
let server: Server;
let url: string;
const NEWEST = KNOWN_MIGRATIONS.at(-1)?.when ?? 0;

beforeAll(async () => {
  clone = await cloneDatabase();
  process.env.DATABASE_URL = clone.webUrl;
  process.env.DATABASE_WORKER_URL = clone.workerUrl;
  await watchServing();
  server = createServer((_request, answer) => answer.end("a page"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await closeConnections();
  await clone.drop();
});

const run = (statement: string) => clone.superuser.db.execute(sql.raw(statement));

/** Its newest migration is not applied. */
async function makeOlder(work: () => Promise<void>): Promise<void> {
  const table = "drizzle.__drizzle_migrations";
  await run(`update ${table} set created_at = created_at + 10000000 where created_at = ${NEWEST}`);
  await work();
  await run(`update ${table} set created_at = ${NEWEST} where created_at = ${NEWEST + 10_000_000}`);
}

/** A later version has migrated it, and `oldest` is what that one asks of others; 0: nothing. */
async function makeNewer(oldest: number, work: () => Promise<void>): Promise<void> {
  const fn = (number: number) =>
    run(`create or replace function oldest_schema_served() returns integer
      language sql immutable parallel safe as 'select ${number}'`);
  await run(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${NEWEST + 1})`,
  );
  await fn(oldest);
  await work();
  await run(`delete from drizzle.__drizzle_migrations where hash = 'later'`);
  await fn(0);
}

async function ready() {
  const { GET } = await import("@/app/readyz/route");
  const answer = await GET();
  return [answer.status, await answer.json()];
}

const page = async () => (await fetch(url)).status;

describe("the schema and this version", () => {
  test("the one it was made for: web and worker roles see so, requests come", async () => {
    for (const { db } of [clone.web, clone.worker]) {
      expect(await schemaState(db)).toBe("known");
    }
    expect(await ready()).toEqual([200, { status: "ready" }]);
    expect(await page()).toBe(200);
  });

  test("one with a migration missing is not served, by /readyz nor by any page, until it is there", async () => {
    await makeOlder(async () => {
      expect(await ready()).toEqual([
        503,
        {
          status: "older",
          message: 'The database lacks migrations of this version; run "sportello migrate".',
        },
      ]);
      for (const [path, words] of [
        ["/bills", "<h1>Stiamo aggiornando Sportello</h1>"],
        ["/en/bills", "<h1>We are updating Sportello</h1>"],
        ["/de/bills", "<h1>Wir aktualisieren Sportello</h1>"],
      ]) {
        const refused = await fetch(`${url}${path}`);
        expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
        const text = await refused.text();
        expect(text).toContain(words);
        // The code under which the log has it.
        expect(text).toContain(refused.headers.get("x-request-id")?.slice(0, 8));
      }
      const form = await fetch(`${url}/en/contact`, { method: "POST", body: "name=Ada" });
      expect(await form.text()).toContain("What you sent was not processed");
      const call = await fetch(`${url}/api/v1/runs`);
      expect(await call.json()).toMatchObject({ status: 503, code: "unavailable" });
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await expect(startWorker()).rejects.toThrow(/lacks migrations/);
    });
    expect((await ready())[0]).toBe(200);
    expect(await page()).toBe(200);
  });

  test("a newer one that only expanded is served, one that took away what we need is not", async () => {
    await makeNewer(KNOWN_MIGRATIONS.length, async () => {
      expect(await schemaState(clone.web.db)).toBe("compatible");
      expect((await ready())[0]).toBe(200);
    });
    await makeNewer(KNOWN_MIGRATIONS.length + 1, async () => {
      expect(await ready()).toEqual([
        503,
        {
          status: "too new",
          message: "The database no longer serves this version; deploy the newer one.",
        },
      ]);
      expect(await page()).toBe(503);
    });
  });

  test("a database without any of our tables is an older one", async () => {
    const bare = { execute: () => Promise.reject({ cause: { code: "42P01" } }) };
    expect(await schemaState(bare)).toBe("older");
    const gone = { execute: () => Promise.reject(new Error("gone")) };
    await expect(schemaState(gone)).rejects.toThrow("gone");
  });
});
