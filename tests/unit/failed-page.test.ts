import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainFailedPage } from "@/lib/failed-page";

const ID = "50c1ee78-ec4c-4ddd-af02-94fe5000e984";
const EMPTY = "<!DOCTYPE html><html><body><div hidden></div></body></html>";
let server: Server;
let base: string;

/** Answers as Next.js would: in pieces, packed as asked for. */
beforeAll(async () => {
  server = createServer((request, response) => {
    // As guardRequests does; Node then knows all headers by their names.
    response.setHeader("x-request-id", ID);
    explainFailedPage(request, response, ID);
    const { searchParams: asked } = new URL(request.url ?? "/", "http://localhost");
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
      expect(page).toContain('<noscript><main lang="it"><h1>Qualcosa non ha funzionato</h1>');
      expect(page).toContain("<p>Codice 50c1ee78</p>");
      expect(page).toMatch(/<\/noscript><\/body><\/html>$/);
    },
  );

  test("says it in the language of its address, and nothing of the address", async () => {
    expect(await get("/en/bills?q=mario")).toContain("<h1>Something went wrong</h1>");
    expect(await get("/de?q=%3Cscript%3E")).toContain("<h1>Etwas ist schiefgegangen</h1>");
    expect(await get("/de?q=%3Cscript%3E")).not.toContain("script>alert");
  });

  test.each([
    ["/bills/x?", '<main lang="it"><h1>Pagina non trovata</h1>', 'href="/overview"'],
    [
      "/de/bills/x?encoding=gzip&",
      '<main lang="de"><h1>Seite nicht gefunden</h1>',
      'href="/de/overview"',
    ],
  ])("a thing that is not there says so too, in its language: %s", async (path, words, link) => {
    const shell = `<!DOCTYPE html><html id="__next_error__"><body></body></html>`;
    const page = await get(`${path}status=404&text=${encodeURIComponent(shell)}`);
    expect(page).toContain(words);
    expect(page).toContain(link);
    expect(page).toMatch(/<html id="__next_error__" lang="(it|de)">/);
  });

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
});
