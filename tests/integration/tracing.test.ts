import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SpanKind, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const RUN = "0199a1b2-c3d4-7e5f-8a6b-000000000002";
let collector: Server;
const received: string[] = [];

beforeAll(async () => {
  collector = createServer(async (request, answer) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    received.push(Buffer.concat(chunks).toString());
    answer.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  collector.closeAllConnections();
  collector.close();
  vi.unstubAllEnvs();
});

describe("traces", () => {
  test("go nowhere where no endpoint is set", async () => {
    const { startTracing } = await import("@/lib/operations/tracing");
    expect(await startTracing("web")).toBeNull();
  });

  test("tell routes, ids and times, and nothing of anybody", async () => {
    vi.resetModules();
    const { port } = collector.address() as AddressInfo;
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${port}`);
    const { startTracing, traced } = await import("@/lib/operations/tracing");
    const { underIds } = await import("@/lib/log-context");
    const end = await startTracing("worker");
    await underIds({ run: RUN, task: "run_step" }, () =>
      traced("run_step", async () => {
        // As Next.js makes them.
        const request = trace.getTracer("next.js").startSpan("GET /confirm?token=dGhlIHRva2Vu", {
          kind: SpanKind.SERVER,
          attributes: {
            "next.span_type": "BaseServer.handleRequest",
            "next.span_name": "GET /confirm?token=dGhlIHRva2Vu",
            "http.method": "GET",
            "http.target": "/confirm?token=dGhlIHRva2Vu",
            "http.route": "/[locale]/confirm",
          },
        });
        request.recordException(new Error("mario@posta.example is unknown"));
        request.setStatus({ code: 2, message: "mario@posta.example is unknown" });
        request.end();
        const other = trace.getTracer("next.js").startSpan("look for RSSMRA85T10A562S");
        other.setAttribute("who", "mario@posta.example");
        other.end();
      }),
    );
    await end?.();
    const sent = received.join();
    for (const told of [
      "run_step",
      RUN,
      "GET /[locale]/confirm",
      "sportello-worker",
      "sportello.run",
    ]) {
      expect(sent).toContain(told);
    }
    expect(sent).not.toMatch(/mario|dGhlIHRva2Vu|RSSMRA85T10A562S|is unknown/);
  });
});
