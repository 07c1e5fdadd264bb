import "server-only";
import { env } from "@/lib/env";

/**
 * Whether a form was sent from a page of this site: browsers say so by themselves. For route handlers; server
 * actions have their own check.
 */
export function isFromHere(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) {
    return site === "same-origin";
  }
  return request.headers.get("origin") === new URL(env().APP_URL).origin;
}
