import { NextRequest, type NextResponse } from "next/server";
import createIntlProxy from "next-intl/middleware";
import { routing } from "@/lib/i18n/routing";

const handleLanguage = createIntlProxy(routing);

/**
 * Language and Content-Security-Policy, and nothing else: who may see what is decided where the
 * data is read (R28), since this runs before it and can be gone around.
 */
export default function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce, request.nextUrl.pathname);
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = handleLanguage(new NextRequest(request, { headers }));
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

function contentSecurityPolicy(nonce: string, pathname: string): string {
  const development = process.env.NODE_ENV === "development";
  const preview = /^(\/(en|de))?\/staff\/emails\//.test(pathname);
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // Charts place their parts by style attributes; style sheets need the nonce or our origin.
    `style-src 'self' 'nonce-${nonce}'${development ? " 'unsafe-inline'" : ""}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${preview ? "'self'" : "'none'"}`,
    `frame-src 'self'`,
  ].join("; ");
}

export const config = {
  // Everything but the API, the probes, Next's own files and files with an ending.
  matcher: ["/((?!api/|healthz|readyz|_next/|.*\\.[a-z0-9]+$).*)"],
};
