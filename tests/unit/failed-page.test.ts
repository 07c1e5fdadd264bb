import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainFailedPage } from "@/lib/failed-page";

type Pack = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
/** What Next.js packs its pages with. */
const pack = createRequire(import.meta.url)("next/dist/compiled/compression")() as Pack;
const ID = "50c1ee78-ec4c-4ddd-af02-94fe5000e984";
const EMPTY = "<!DOCTYPE html><html><body><div hidden></div></body></html>";
let server: Server;
let base: string;

/** Answers as Next.js would: in pieces, packed as asked for. */
beforeAll(async () => {
  server = createServer((request, response) => {
    // As guardRequests does; Node then knows all headers by their names.
    response.setHeader("x-request-id", ID);
    const { searchParams: asked } = new URL(request.url ?? "/", "http://localhost");
    const asking = { unavailable: asked.has("unavailable"), until: Number.POSITIVE_INFINITY };
    explainFailedPage(request, response, { id: ID, asking });
    if (asking.unavailable) {
      // As Next.js does: it packs, and sends the head on its way before the first piece.
      pack(request, response, () => {
        response.statusCode = 500;
        response.setHeader("Content-Type", asked.get("type") ?? "text/html; charset=utf-8");
        if (asked.has("pieces")) {
          response.flushHeaders();
          response.write(EMPTY);
        }
        response.end("Internal Server Error");
      });
      return;
    }
    const encoding = asked.get("encoding");
    const text = asked.get("text") ?? EMPTY;
    const body =
      encoding === "gzip"
        ? gzipSync(text)
        : encoding === "br"
          ? brotliCompressSync(text)
          : Buffer.from(text);
    response.writeHead(Number(asked.get("status") ?? 500), {
      "Content-Type": asked.get("type") ?? "text/html; charset=utf-8",
      ...(encoding ? { "Content-Encoding": encoding } : {}),
      ...(asked.has("length") ? { "Content-Length": body.length } : {}),
    });
    if (asked.has("pipe")) {
      Readable.from([body.subarray(0, 10), body.subarray(10)]).pipe(response);
    } else {
      response.write(body.subarray(0, 10));
      response.end(body.subarray(10));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = async (path: string) => await (await fetch(`${base}${path}`)).text();

describe("R29 a page that failed", () => {
  test.each(["", "&encoding=gzip", "&encoding=br", "&pipe=1", "&encoding=gzip&pipe=1"])(
    "says so without a script, with a code for the log (%s)",
    async (how) => {
      const page = await get(`/bills?x=1${how}`);
      expect(page).toMatch(/<noscript><main lang="it"[^>]*><h1>Qualcosa non ha funzionato<\/h1>/);
      expect(page).toContain("<p>Codice 50c1ee78</p>");
      expect(page).toMatch(/<\/noscript><\/body><\/html>$/);
    },
  );

  test("says it in the language of its address, and nothing of the address", async () => {
    expect(await get("/en/bills?q=mario")).toContain("<h1>Something went wrong</h1>");
    expect(await get("/de?q=%3Cscript%3E")).toContain("<h1>Etwas ist schiefgegangen</h1>");
    expect(await get("/de?q=%3Cscript%3E")).not.toContain("script>alert");
  });

  test.each(["", "&encoding=gzip", "&encoding=br", "&pipe=1"])(
    "R28 one that is not there says so without a script, and where to go on (%s)",
    async (how) => {
      const missing = encodeURIComponent(EMPTY.replace("<html>", '<html id="__next_error__">'));
      const page = await get(`/de/bills?status=404&text=${missing}${how}`);
      expect(page).toMatch(/<noscript><main lang="de"[^>]*><h1>Seite nicht gefunden<\/h1>/);
      expect(page).toContain('href="/de"');
      expect(page).toContain('href="/de/help"');
      expect(page).not.toContain("Code 50c1ee78");
      expect(page).toContain('<html id="__next_error__" lang="de">');
    },
  );

  test.each([
    "/bills?status=200",
    "/bills?status=404",
    "/api?type=application/json",
    "/bills?length=1",
    "/bills?text=no+body",
  ])("whatever else is answered stays as it is: %s", async (path) => {
    const answer = await get(path);
    expect(answer).toBe(path.includes("text") ? "no body" : EMPTY);
  });

  test.each(["&pieces", "&type=text/plain"])(
    "because the database is away says that it is for now only (%s)",
    async (how) => {
      const answer = await fetch(`${base}/en/bills?unavailable${how}`);
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toBe("10");
      expect(answer.headers.get("content-encoding")).toBeNull();
      expect(await answer.text()).toContain("<h1>This is taking longer than usual</h1>");
    },
  );
});
