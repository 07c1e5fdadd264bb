import type { Browser, BrowserContext, Page } from "@playwright/test";
import type { ActorName } from "../authorisation/actors";
import { baseUrl } from "../authorisation/asking";
import { ROUTES } from "../authorisation/routes";
import { watchLayoutShift } from "./measures";
import { STATES } from "./states";
import type { PageWorld, Sessions, Visitor } from "./visitors";

/** A page in one of its states. */
export interface Look {
  route: string;
  /** The state's name; empty for the page as its address shows it. */
  state: string;
  visitor: Visitor;
  at: (world: PageWorld) => string;
  act?: (page: Page) => Promise<void>;
}

export const THEMES = ["light", "dark"] as const;
/** The narrowest screen that WCAG 2.2 asks for (1.4.10), and a desk's. */
export const WIDTHS = [320, 1280] as const;
export const HEIGHT = 900;

export const AREAS = ["public", "portal", "staff"] as const;
export type Area = (typeof AREAS)[number];

/** For whom a page is made: the first of these who gets it. */
const READERS: [ActorName, Visitor][] = [
  ["anonymous", "anonymous"],
  ["owner", "owner"],
  ["operator", "operator"],
];
const READER_OF: Partial<Record<string, Visitor>> = {
  "/[locale]/login/code": "half",
  // Theirs in the browser that sent it.
  "/[locale]/receipt/[id]": "owner",
  "/[locale]/[...rest]": "anonymous",
};

/** Every look at an area: each page as it is, then in its other states. */
export function looksOf(area: Area): Look[] {
  return Object.entries(STATES).flatMap(([route, states]) => {
    const row = ROUTES[route];
    const reader = READER_OF[route] ?? READERS.find(([who]) => row?.answer(who) === "ok")?.[1];
    if (!row || !reader) {
      throw new Error(`${route} has no address in the table of routes, or nobody who may read it`);
    }
    if (areaOf(route, reader) !== area) {
      return [];
    }
    const own = { route, state: "", visitor: reader, at: row.at };
    return [
      own,
      ...states.map(({ name, visitor = reader, at = row.at, act }) => ({
        ...{ route, state: name, visitor, act },
        at: typeof at === "string" ? () => at : at,
      })),
    ];
  });
}

function areaOf(route: string, reader: Visitor): Area {
  if (route.startsWith("/[locale]/staff")) {
    return "staff";
  }
  return reader === "owner" && !route.includes("receipt") ? "portal" : "public";
}

/** A name for files: `bills-id-refused`. */
export function lookName({ route, state }: Look): string {
  const words = route.replace("/[locale]", "").match(/[a-z-]+/gi) ?? ["start"];
  return [...words, state].filter(Boolean).join("-");
}

/** Contexts of one kind, one for each visitor, made when first asked for. */
export class Contexts {
  private readonly open = new Map<Visitor, BrowserContext>();

  constructor(
    private readonly browser: Browser,
    private readonly sessions: Sessions,
    private readonly options: Parameters<Browser["newContext"]>[0],
  ) {}

  get scripts(): boolean {
    return this.options?.javaScriptEnabled !== false;
  }

  async of(visitor: Visitor): Promise<BrowserContext> {
    const found = this.open.get(visitor);
    if (found) {
      return found;
    }
    const context = await this.browser.newContext({ baseURL: baseUrl(), ...this.options });
    // What never comes is told as a fault of its page.
    context.setDefaultTimeout(60_000);
    await watchLayoutShift(context);
    const value = this.sessions[visitor];
    if (value) {
      await context.addCookies([
        { name: "sportello.session", value, url: baseUrl(), httpOnly: true, sameSite: "Lax" },
      ]);
    }
    this.open.set(visitor, context);
    return context;
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map((context) => context.close()));
  }
}
