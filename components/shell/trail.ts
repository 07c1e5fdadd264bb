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
  | "access"
  | "home"
  | "help"
  | "login"
  | "signup"
  | "desk"
  | "search"
  | "releases"
  | "cases"
  | "runs"
  | "run"
  | "imports"
  | "selfReadings";

export interface TrailStep {
  name: TrailName;
  href: string;
}

const OVERVIEW: TrailStep = { name: "overview", href: "/overview" };
const HOME: TrailStep = { name: "home", href: "/" };
const DESK: TrailStep = { name: "desk", href: "/staff" };
const HELP: TrailStep = { name: "help", href: "/help" };
const LOGIN: TrailStep = { name: "login", href: "/login" };

/** Pages of the desk that others lie below; accounts and bills are come to by the search. */
const OF_DESK: Record<string, TrailStep> = {
  accounts: { name: "search", href: "/staff/search" },
  bills: { name: "search", href: "/staff/search" },
  complaints: { name: "cases", href: "/staff/complaints" },
  imports: { name: "imports", href: "/staff/imports" },
  releases: { name: "releases", href: "/staff/releases" },
  runs: { name: "runs", href: "/staff/runs" },
  "self-readings": { name: "selfReadings", href: "/staff/self-readings" },
};

/**
 * The pages that a page lies below, from the top down; none for those of the main navigation.
 * @param customer whoever reads it is signed in: public pages then lie below the overview
 */
export function trailOf(path: string, customer = true): TrailStep[] {
  const [first = "", ...rest] = path.split("/").slice(1);
  return first === "staff"
    ? ofDesk(rest)
    : (ofPortal(first, rest) ?? ofPublic(first, rest, customer));
}

function ofDesk([place = "", ...rest]: string[]): TrailStep[] {
  if (rest.length === 0) {
    return [];
  }
  const above = OF_DESK[place];
  const [company, run, part] = rest;
  const below = place === "runs" && part !== undefined;
  return [
    DESK,
    ...(above ? [above] : []),
    ...(below ? [{ name: "run", href: `/staff/runs/${company}/${run}` } as const] : []),
  ];
}

/** Null: it is no page of the portal's. */
function ofPortal(first: string, [second, third]: string[]): TrailStep[] | null {
  if (second === undefined) {
    return null;
  }
  const below = `/${first}/${second}`;
  const deeper = third !== undefined;
  switch (first) {
    case "bills":
      return [OVERVIEW, step(first), ...(deeper ? [{ name: "bill", href: below } as const] : [])];
    case "contracts":
      return [
        OVERVIEW,
        step(first),
        ...(deeper ? [{ name: "contract", href: below } as const] : []),
      ];
    case "profile":
      return [OVERVIEW, step(first), ...(deeper ? [{ name: "access", href: below } as const] : [])];
    case "consumption":
    case "notifications":
      return [OVERVIEW, step(first)];
    default:
      return null;
  }
}

function ofPublic(first: string, [second]: string[], customer: boolean): TrailStep[] {
  const root = customer ? OVERVIEW : HOME;
  switch (first) {
    case "help":
    case "contact":
    case "complaints":
    case "accessibility":
    case "privacy":
    case "receipt":
    case "start":
      return [root];
    case "sample-bill":
    case "direct-debit":
      return [root, HELP];
    case "signup":
      return second ? [HOME, { name: first, href: "/signup" }] : [HOME];
    case "login":
      return second ? [HOME, LOGIN] : [HOME];
    case "forgot-password":
      return [HOME, LOGIN];
    default:
      return [];
  }
}

const step = (name: "bills" | "contracts" | "profile" | "consumption" | "notifications") => ({
  name,
  href: `/${name}`,
});
