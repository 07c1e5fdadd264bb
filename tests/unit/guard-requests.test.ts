import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guardRequests } from "@/lib/auth/guard-requests";

let server: Server;
let port: number;
const seen: (string | string[] | undefined)[] = [];
const held: (() => void)[] = [];

beforeAll(async () => {
  guardRequests();
  server = createServer((asked, answer) => {
    seen.push(asked.headers["x-forwarded-for"]);
    if (asked.url === "/login" && asked.method === "POST") {
      held.push(() => answer.end());
    } else {
      answer.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = (path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: "x", redirect: "manual" });

/** Begins to send a form and never ends; resolves once the server has had enough. */
const dropByDrop = () =>
  new Promise<void>((resolve) => {
    const slow = request({ port, host: "127.0.0.1", path: "/login", method: "POST" });
    slow.once("error", () => resolve()).once("close", () => resolve());
    slow.setHeader("content-length", 1_000);
    slow.write("x");
  });

describe("what our own server does before Next.js", () => {
  test("it writes its peer behind whatever a browser wrote", async () => {
    for (const given of ["6.6.6.6", undefined]) {
      await fetch(`http://127.0.0.1:${port}/`, {
        headers: given ? { "x-forwarded-for": given } : {},
      });
    }
    expect(seen.slice(-2)).toEqual(["6.6.6.6, 127.0.0.1", "127.0.0.1"]);
  });

  test("of many sign-ins at once it turns the rest away with 503, other pages never", async () => {
    const all = Array.from({ length: 12 }, () => post("/login"));
    const refused = await Promise.race([
      Promise.all(all.slice(8)),
      new Promise<Response[]>((resolve) => setTimeout(() => resolve([]), 2_000)),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    expect((await post("/profile")).status).toBe(200);
    for (const answer of held.splice(0)) {
      answer();
    }
    expect((await Promise.all(all.slice(0, 8))).map(({ status }) => status)).toEqual(
      Array(8).fill(200),
    );
  });

  test("a form that comes drop by drop holds its place for seconds only", async () => {
    // The flood before is over.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    await Promise.all(Array.from({ length: 8 }, dropByDrop));
    held.splice(0);
    const next = post("/login");
    await expect.poll(() => held.length).toBe(1);
    held[0]?.();
    expect((await next).status).toBe(200);
  });
});
