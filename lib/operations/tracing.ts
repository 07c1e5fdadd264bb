import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { env } from "@/lib/env";
import { currentIds } from "@/lib/log-context";
import { scrubbed } from "@/lib/log-scrub";
import { version } from "@/package.json";

/** What a span may tell of a request: its route's pattern, never its address, headers or words of errors. */
const TOLD = new Set([
  "http.method",
  "http.status_code",
  "http.route",
  "next.route",
  "next.rsc",
  "next.span_type",
  "error.type",
  "net.peer.name",
]);
/** Our own: ids of requests, jobs and runs. */
const OWN = "sportello.";

/**
 * Sends traces to OTEL_EXPORTER_OTLP_ENDPOINT, by OTLP over HTTP; null where it is not set, and then nothing of
 * OpenTelemetry but its API is loaded. Next.js makes the spans of requests, `traced` those of jobs; the SDK reads
 * its other variables, such as OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS and OTEL_TRACES_SAMPLER, itself.
 * @returns ends it, once what is left has been sent
 */
export async function startTracing(of: "web" | "worker"): Promise<(() => Promise<void>) | null> {
  if (!env().OTEL_EXPORTER_OTLP_ENDPOINT) {
    return null;
  }
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
  const provider = new NodeTracerProvider({
    resource: resources.resourceFromAttributes({
      "service.name": process.env.OTEL_SERVICE_NAME || `sportello-${of}`,
      "service.version": version,
    }),
    spanProcessors: [
      NAMING,
      new BatchSpanProcessor(withoutPersons(new OTLPTraceExporter()) as SpanExporter),
    ],
  });
  provider.register();
  return () => provider.shutdown();
}

/** Does the work in a span of that name; one that fails says so, and nothing of why. */
export const traced = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  trace.getTracer("sportello").startActiveSpan(name, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });

/** The ids of the log's lines, so that a trace and its lines find each other. */
const NAMING: SpanProcessor = {
  onStart: (span) => {
    for (const [name, value] of Object.entries(currentIds())) {
      span.setAttribute(`${OWN}${name}`, value);
    }
  },
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** The same exporter, which is handed nothing that could name anybody or open a door. */
const withoutPersons = (exporter: SpanExporter): SpanExporter => ({
  export: (spans, told) => exporter.export(spans.map(bare), told),
  forceFlush: async () => await exporter.forceFlush?.(),
  shutdown: () => exporter.shutdown(),
});

const bare = (span: ReadableSpan): ReadableSpan =>
  Object.create(span, {
    name: { value: nameOf(span) },
    attributes: {
      value: Object.fromEntries(
        Object.entries(span.attributes).filter(([name]) => TOLD.has(name) || name.startsWith(OWN)),
      ),
    },
    status: { value: { code: span.status.code } },
    events: {
      value: span.events.map(({ name, time, attributes }) => ({
        ...{ name: scrubbed(name), time },
        attributes: { "exception.type": attributes?.["exception.type"] },
      })),
    },
  });

/** Next.js names some spans by the address that was asked for. */
function nameOf({ name, attributes }: ReadableSpan): string {
  const route = attributes["http.route"] ?? attributes["next.route"];
  switch (attributes["next.span_type"]) {
    case "BaseServer.handleRequest":
      return [attributes["http.method"], route].filter(Boolean).join(" ");
    case "AppRender.fetch":
      return `fetch ${attributes["http.method"] ?? ""}`.trim();
    default:
      return scrubbed(name).replace(/\?.*$/, "");
  }
}
