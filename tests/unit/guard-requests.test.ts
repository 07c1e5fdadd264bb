import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GATE_HEADER, gatePass, guardRequests } from "@/lib/auth/guard-requests";
import { currentIds } from "@/lib/log-context";

let server: Server;
let port: number;
const seen: (string | string[] | undefined)[] = [];
const passes: (string | string[] | undefined)[] = [];
const ids: (string | undefined)[] = [];
const held: (() => void)[] = [];

beforeAll(async () => {
  guardRequests();
  server = createServer((asked, answer) => {
    seen.push(asked.headers["x-forwarded-for"]);
    passes.push(asked.headers[GATE_HEADER]);
    ids.push(currentIds().request);
    if (/^\/(login|contact)$/.test(asked.url ?? "") && asked.method === "POST") {
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

const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);

/** Begins to send a large form and stops half-way. */
const halfWay = () => {
  const slow = request({ port, host: "127.0.0.1", path: "/contact", method: "POST" });
  slow.on("error", () => {});
  slow.setHeader("content-length", 100_000);
  slow.write("x".repeat(50_000));
  return slow;
};

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

  test("each request has an id of its own, in the log and in its answer", async () => {
    ids.splice(0);
    const shown = [];
    for (const path of ["/bills", "/en/bills"]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { "x-request-id": "0199a1b2-c3d4-7e5f-8a6b-000000000001" },
      });
      shown.push(answer.headers.get("x-request-id"));
    }
    expect(ids).toEqual(shown);
    expect(new Set(ids).size).toBe(2);
    // A browser does not choose it.
    expect(ids.join()).not.toContain("0199a1b2");
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

  test("a connection that is dropped gives back what its waiting answers held", async () => {
    // The flood before is over.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    const form = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";
    for (let round = 0; round < 3; round += 1) {
      const before = held.length;
      const socket = connect(port, "127.0.0.1");
      socket.write(form.repeat(8));
      await expect.poll(() => held.length).toBeGreaterThan(before);
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    held.splice(0);
    const all = Array.from({ length: 8 }, () => post("/login"));
    await expect.poll(() => held.length).toBe(8);
    for (const answer of held.splice(0)) {
      answer();
    }
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(8).fill(200));
  });

  test("a form that comes drop by drop takes no place, and is broken off", async () => {
    const slow = Array.from({ length: 8 }, dropByDrop);
    const next = post("/login");
    await expect.poll(() => held.length).toBe(1);
    held[0]?.();
    expect((await next).status).toBe(200);
    await Promise.all(slow);
  });

  test("forty who stop half-way through a form do not shut out the others", async () => {
    held.splice(0);
    const slow = Array.from({ length: 40 }, halfWay);
    await expect.poll(() => held.length).toBe(40);
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 ? post("/profile") : get("/bills"))),
    );
    expect(others.map(({ status }) => status)).toEqual(Array(20).fill(200));
    for (const one of slow) {
      one.destroy();
    }
    held.splice(0);
  });

  test("what came through carries the pass, and nobody can bring it along", async () => {
    held.splice(0);
    const through = post("/login");
    await expect.poll(() => held.length).toBe(1);
    held.splice(0)[0]?.();
    await through;
    expect(passes.at(-1)).toBe(gatePass());
    await fetch(`http://127.0.0.1:${port}/bills`, {
      method: "POST",
      headers: { [GATE_HEADER]: gatePass() ?? "" },
    });
    expect(passes.at(-1)).toBeUndefined();
  });
});
