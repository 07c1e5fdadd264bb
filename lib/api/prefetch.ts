/** True for a page fetched ahead of a click: nobody has looked at it yet. */
export function isPrefetch(headers: Pick<Headers, "get">): boolean {
  return isBrowserPrefetch(headers) || headers.get("next-router-prefetch") !== null;
}

/** True where the browser fetches ahead of its own accord, a whole page or file; our router fetches a page's bones. */
export function isBrowserPrefetch(headers: Pick<Headers, "get">): boolean {
  const purpose = `${headers.get("sec-purpose") ?? ""} ${headers.get("purpose") ?? ""}`;
  return /prefetch|prerender/.test(purpose);
}
