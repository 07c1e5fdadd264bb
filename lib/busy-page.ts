import { createHash } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { BUSY_TEXTS, type BusyReason } from "./i18n/busy-texts";
import { DEFAULT_LANGUAGE, isLanguage } from "./i18n/languages";

/** What is answered in the place of a page, whole. */
export interface BusyAnswer {
  status: 503;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** When to ask again, in seconds. */
const AGAIN_SECONDS: Record<BusyReason, number> = { crowded: 5, late: 10, updating: 30 };

const STYLE = `
:root { color-scheme: light dark }
body { margin: 0; font: 1.125rem/1.6 system-ui, sans-serif }
main { max-width: 34rem; margin: 0 auto; padding: 3rem 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.75rem; line-height: 1.25 }
a { display: inline-block; padding: .625rem 0 }
`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * The page that says that it is for now only, in the language of the address, with the beginning of the request's id;
 * a problem (RFC 9457) for the API. It asks nobody for anything.
 */
export function busyAnswer(
  { url, method }: Pick<IncomingMessage, "url" | "method">,
  reason: BusyReason,
  id: string,
): BusyAnswer {
  const reference = id.slice(0, 8);
  const common = {
    "Cache-Control": "private, no-store",
    "Retry-After": String(AGAIN_SECONDS[reason]),
    "X-Content-Type-Options": "nosniff",
  };
  if (url?.startsWith("/api/")) {
    return {
      status: 503,
      headers: { ...common, "Content-Type": "application/problem+json" },
      body: JSON.stringify(problem(url, reason, reference)),
    };
  }
  return {
    status: 503,
    headers: {
      ...common,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": POLICY,
      "Referrer-Policy": "same-origin",
    },
    body: page({ url, method }, reason, reference),
  };
}

/** Each reason for programs. */
const DETAILS: Record<BusyReason, string> = {
  crowded:
    "Too many calls wait already, and nothing was done for this one; send it again after Retry-After.",
  late: "The database did not answer in time; send the same call again after Retry-After, under its Idempotency-Key where there is one.",
  updating:
    "The server is being updated, and nothing was done for this call; send it again after Retry-After.",
};

function problem(url: string, reason: BusyReason, reference: string) {
  const base = url.startsWith("/api/customer/v1") ? "/api/customer/v1" : "/api/v1";
  return {
    type: `${base}#problem-unavailable`,
    title: "The server cannot answer for now",
    status: 503,
    detail: DETAILS[reason],
    code: "unavailable",
    reference,
  };
}

/** Nothing of what was asked for stands in it. */
function page(
  { url, method }: Pick<IncomingMessage, "url" | "method">,
  reason: BusyReason,
  reference: string,
): string {
  const prefix = url?.split(/[/?#]/, 2)[1];
  const language = isLanguage(prefix) ? prefix : DEFAULT_LANGUAGE;
  const { title, lead, form, again, code } = BUSY_TEXTS[language];
  const sent = method === "GET" || method === "HEAD" ? "" : `<p>${form[reason]}</p>`;
  return (
    `<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">' +
    `<title>${title[reason]}</title><style>${STYLE}</style></head>` +
    `<body><main><h1>${title[reason]}</h1><p>${lead[reason]}</p>${sent}` +
    `<p><a href="">${again}</a></p><p>${code} ${reference}</p></main></body></html>`
  );
}
