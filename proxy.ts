import { NextRequest, NextResponse } from "next/server";
import createIntlProxy from "next-intl/middleware";
import { isBrowserPrefetch } from "@/lib/api/prefetch";
import { routing } from "@/lib/i18n/routing";
import { uploadOrigin } from "@/lib/storage/upload-origin";

const handleLanguage = createIntlProxy(routing);

/** PDFs and e-mails bring a policy of their own; one set here would take its place. */
const OWN_POLICY =
  /^(\/(en|de))?\/(bills\/[^/]+\/pdf|(consumption\/self-reading|staff\/self-readings)\/[^/]+\/photo|direct-debit\/[^/]+\/form|receipt\/[^/]+\/copy|staff\/emails\/[^/]+|staff\/(releases|complaints)\/[^/]+\/letter|profile\/data\/[^/]+|(staff\/)?notifications\/html\/.+)$/;

/** Pages from which files are sent to the storage itself; all of the desk, since the browser's router keeps a policy. */
const SENDS_FILES = /^(\/(en|de))?\/staff(\/|$)/;

const NOTHING_KEPT = "private, no-store";

/**
 * Language, Content-Security-Policy, HSTS, that nothing is kept or fetched ahead, and nothing else: who may see what is decided where the
 * data is read (R28), since this runs before it and can be gone around.
 */
export default function proxy(request: NextRequest): NextResponse {
  if (isBrowserPrefetch(request.headers) && isSignedIn(request)) {
    // "Not now": it asks again when somebody clicks. Who read what is recorded where it is read (R30).
    return new NextResponse(null, { status: 503, headers: { "Cache-Control": NOTHING_KEPT } });
  }
  const bucket = SENDS_FILES.test(request.nextUrl.pathname) ? uploadOrigin() : null;
  const policy = contentSecurityPolicy(btoa(crypto.randomUUID()), bucket);
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = handleLanguage(new NextRequest(request, { headers }));
  if (!OWN_POLICY.test(request.nextUrl.pathname)) {
    response.headers.set("Content-Security-Policy", policy);
  }
  // Also redirects of route handlers, and of languages: an address may be a person's.
  response.headers.set("Cache-Control", NOTHING_KEPT);
  // Here and not in next.config.ts, whose headers are fixed at build time: one build serves everywhere.
  if (process.env.APP_URL?.startsWith("https:")) {
    response.headers.set("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
  }
  return response;
}

/** Whether a session's cookie came along, good or not. */
const isSignedIn = ({ cookies }: NextRequest) =>
  cookies.getAll().some(({ name }) => name.endsWith("sportello.session"));

function contentSecurityPolicy(nonce: string, bucket: string | null): string {
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // Charts place their parts by style attributes; style sheets need the nonce or our origin.
    `style-src 'self' 'nonce-${nonce}'${development ? " 'unsafe-inline'" : ""}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}${bucket ? ` ${bucket}` : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "frame-src 'self'",
  ].join("; ");
}

export const config = {
  // Everything but the API, the probes, Next's own files and the files of public/.
  matcher: [
    "/((?!api/|healthz$|readyz$|_next/|icon\\.svg$|favicon\\.ico$|robots\\.txt$|sitemap\\.xml$|icons/).*)",
  ],
};
