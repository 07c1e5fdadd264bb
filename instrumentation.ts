import type { Instrumentation } from "next";
import { PHASE_PRODUCTION_BUILD } from "next/constants";

/**
 * Next.js calls this once before it serves. Like a proxy would, our server puts whom it talks to at the end
 * of `x-forwarded-for`: Next.js itself adds it only where the browser wrote none, so that anybody could
 * pass for anybody else (lib/auth/client-ip.ts). A flood of sign-ins is turned away there too, and every request
 * gets an id for the log and is measured. Nothing is served on a schema that this version does not know, and a process
 * that is told to end finishes what it has in hand (lib/serving.ts).
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") {
    return;
  }
  const { guardRequests } = await import("@/lib/auth/guard-requests");
  guardRequests();
  if (process.env.NODE_ENV === "production") {
    const { adoptConsole } = await import("@/lib/log-console");
    adoptConsole();
  }
  if (process.env.NEXT_PHASE !== PHASE_PRODUCTION_BUILD) {
    const { serveMetrics } = await import("@/lib/operations/metrics/server");
    await serveMetrics("web");
    const { startTracing } = await import("@/lib/operations/tracing");
    await startTracing("web");
  }
  const { watchServing } = await import("@/lib/serving");
  await watchServing();
}

/** What a page, route or action throws stands in the log under the code that its error page shows. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== "nodejs") {
    return;
  }
  const { tellRequestError } = await import("@/lib/log-console");
  const { routePath: route, routeType: kind } = context;
  tellRequestError(error, { method: request.method, route, kind });
};
