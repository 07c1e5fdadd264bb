import { isLanguage } from "@/lib/i18n/languages";

/** The page's address as links of the code write it: without its language. */
export function plainPath(pathname: string): string {
  const [, first, ...rest] = pathname.split("/");
  return isLanguage(first) ? `/${rest.join("/")}` : pathname;
}

/** Whether a link leads to the page one is on ("page"), or to a page that this one lies below ("true"). */
export function currentMark(href: string, path: string): "page" | "true" | undefined {
  if (href === path) {
    return "page";
  }
  // The staff's desk is no page that the others lie below.
  return href !== "/staff" && path.startsWith(`${href}/`) ? "true" : undefined;
}

/** What a step of a trail is called: a text of `navigation.trail`. */
export type TrailName =
  | "overview"
  | "bills"
  | "bill"
  | "consumption"
  | "contracts"
  | "contract"
  | "notifications"
  | "profile"
  | "access";

export interface TrailStep {
  name: TrailName;
  href: string;
}

const ROOT: TrailStep = { name: "overview", href: "/overview" };

/** The pages that a customer's page lies below, from the overview down; none for those of the main navigation. */
export function trailOf(path: string): TrailStep[] {
  const [first = "", second, third] = path.split("/").slice(1);
  if (second === undefined) {
    return [];
  }
  const below = `/${first}/${second}`;
  const deeper = third !== undefined;
  switch (first) {
    case "bills":
      return [ROOT, step("bills"), ...(deeper ? [{ name: "bill", href: below } as const] : [])];
    case "contracts":
      return [
        ROOT,
        step("contracts"),
        ...(deeper ? [{ name: "contract", href: below } as const] : []),
      ];
    case "profile":
      return [ROOT, step("profile"), ...(deeper ? [{ name: "access", href: below } as const] : [])];
    case "consumption":
    case "notifications":
      return [ROOT, step(first)];
    default:
      return [];
  }
}

const step = (name: "bills" | "contracts" | "profile" | "consumption" | "notifications") => ({
  name,
  href: `/${name}`,
});
