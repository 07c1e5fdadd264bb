/** Pages of the portal, each a group of its own. */
const PORTAL = new Set([
  "bills",
  "consumption",
  "contracts",
  "delivery",
  "notifications",
  "overview",
  "profile",
]);
/** Getting in. */
const ENTRANCE = new Set([
  "confirm",
  "confirm-address",
  "forgot-password",
  "login",
  "reset-password",
  "signup",
]);
const API: Record<string, string> = {
  webhooks: "webhooks",
  cron: "cron",
  v1: "api",
  customer: "customer-api",
};

/**
 * The group of routes that an address belongs to: a closed set, so that no id, token or search becomes a
 * label. What nobody knows is `other`, as is whatever a stranger tries.
 */
export function routeGroup(url: string | undefined): string {
  const [, ...segments] = (url ?? "").split(/[?#]/, 1)[0]?.split("/") ?? [];
  const [first = "", second = ""] =
    segments[0] === "en" || segments[0] === "de" ? segments.slice(1) : segments;
  if (first === "_next" || first === "icon.svg") {
    return "assets";
  }
  if (first === "healthz" || first === "readyz") {
    return "probes";
  }
  if (first === "api") {
    return API[second] ?? "other";
  }
  if (PORTAL.has(first)) {
    return segments.at(-1) === "pdf" ? "pdf" : first;
  }
  if (ENTRANCE.has(first)) {
    return "entrance";
  }
  return first === "staff" ? "staff" : first === "" ? "home" : "other";
}
