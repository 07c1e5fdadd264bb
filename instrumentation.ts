import { PHASE_PRODUCTION_BUILD } from "next/constants";

/**
 * Next.js calls this once before it serves. Like a proxy would, our server puts whom it talks to at the end
 * of `x-forwarded-for`: Next.js itself adds it only where the browser wrote none, so that anybody could
 * pass for anybody else (lib/auth/client-ip.ts). A flood of sign-ins is turned away there too, and every request
 * is measured.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") {
    return;
  }
  const { guardRequests } = await import("@/lib/auth/guard-requests");
  guardRequests();
  if (process.env.NEXT_PHASE !== PHASE_PRODUCTION_BUILD) {
    const { serveMetrics } = await import("@/lib/operations/metrics/server");
    await serveMetrics("web");
  }
}
