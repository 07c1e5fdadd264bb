type Headers = Pick<globalThis.Headers, "get">;

/** True for a page fetched ahead of a click: nobody has looked at it yet. */
export function isPrefetch(headers: Headers): boolean {
  return isBrowsers(headers) || headers.get("next-router-prefetch") !== null;
}

/**
 * What a browser hears that fetches a file ahead whose download is recorded: not now. It asks again when
 * somebody clicks. Null for any other request; our own router fetches no files.
 */
export function notAhead({ headers }: { headers: Headers }): Response | null {
  return isBrowsers(headers)
    ? new Response(null, { status: 503, headers: { "Cache-Control": "private, no-store" } })
    : null;
}

function isBrowsers(headers: Headers): boolean {
  const purpose = `${headers.get("sec-purpose") ?? ""} ${headers.get("purpose") ?? ""}`;
  return /prefetch|prerender/.test(purpose);
}
