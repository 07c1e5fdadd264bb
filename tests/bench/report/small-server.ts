import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import postgres from "postgres";

/*
 * The limit and the peer of the bill list: the same statements in the same transaction behind the same
 * row-level security, and of their rows a table of 24 lines by string concatenation. No session, no layout,
 * no texts in three languages, no React: what any server written by hand would have to do at least.
 */

export interface SmallOrder {
  kind: "node" | "fastify";
  databaseUrl: string;
  statements: { query: string; parameters: unknown[] }[];
}

const order = JSON.parse(process.argv[2] ?? "{}") as SmallOrder;
const sql = postgres(order.databaseUrl, { max: 10, connection: { TimeZone: "UTC" } });

async function page(): Promise<string> {
  const lines = await sql.begin(async (tx) => {
    const results: Record<string, unknown>[][] = [];
    for (const { query, parameters } of order.statements) {
      results.push(await tx.unsafe(query, parameters as never[], { prepare: true }));
    }
    return results.find((rows) => rows.length >= 24) ?? [];
  });
  const rows = lines.slice(0, 24).map(
    (row) =>
      `<tr>${Object.values(row)
        .map((value) => `<td>${String(value).replaceAll("<", "&lt;")}</td>`)
        .join("")}</tr>`,
  );
  return `<!doctype html><title>Bollette</title><table>${rows.join("")}</table>`;
}

if (order.kind === "fastify") {
  const app = fastify();
  app.get("/bills", async (_request, reply) => reply.type("text/html").send(await page()));
  console.log(`${await app.listen({ port: 0, host: "127.0.0.1" })}/bills`);
} else {
  const server = createServer((_request, response) => {
    page().then(
      (html) => response.writeHead(200, { "content-type": "text/html" }).end(html),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/bills`);
  });
}
