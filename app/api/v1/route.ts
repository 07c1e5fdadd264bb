import { randomBytes } from "node:crypto";
import { openApiDocument } from "@/lib/api/v1/openapi";
import { referencePage } from "@/lib/api/v1/reference-page";

export const dynamic = "force-dynamic";

/** The API's reference, for people. The pages' policy does not reach /api: this one brings its own. */
export function GET(): Response {
  const nonce = randomBytes(16).toString("base64");
  return new Response(referencePage(openApiDocument(), nonce), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "Cache-Control": "no-store",
    },
  });
}
