/** True for a page fetched ahead of a click: nobody has looked at it yet. */
export function isPrefetch(headers: Pick<Headers, "get">): boolean {
  const purpose = `${headers.get("sec-purpose") ?? ""} ${headers.get("purpose") ?? ""}`;
  return /prefetch|prerender/.test(purpose) || headers.get("next-router-prefetch") !== null;
}
