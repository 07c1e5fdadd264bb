import { localizedPath } from "@/lib/i18n/languages";
import type { ActionAnswer } from "./actions";
import type { ActorName } from "./actors";
import {
  type Answered,
  ask,
  askRouter,
  baseUrl,
  directForm,
  type Fields,
  plainForm,
} from "./asking";
import type { RouteAnswer } from "./routes";

/** Every shape of the header that once let a request past the middleware (CVE-2025-29927), and today's names. */
export const SUBREQUESTS = [
  "middleware",
  "src/middleware",
  "pages/_middleware",
  "proxy",
  "src/proxy",
].flatMap((name) => [name, Array(5).fill(name).join(":")]);

const FOREIGN = "evil.example";
export const FORWARDED = "English, forwarded for another host";
/** `npm test` leaves the ways out that differ least from others. */
export const FULL = Boolean(process.env.FULL);
const inFull = <Each>(ways: Each[]): Each[] => (FULL ? ways : []);

const router = { RSC: "1" };
const prefetch = { ...router, "Next-Router-Prefetch": "1" };

export interface Way {
  name: string;
  ask: (path: string, cookie: string) => Promise<Answered>;
  /** Only the bones of a page come back, whoever asks and whatever there is. */
  bones?: true;
  headOnly?: true;
}

const plain = (name: string, headers: Record<string, string> = {}): Way => ({
  name,
  ask: (path, cookie) => ask(path, { cookie, headers }),
});

const routed = (name: string, headers: Record<string, string>): Way => ({
  name,
  ask: (path, cookie) => askRouter(path, cookie, headers),
});

const english = (path: string) =>
  /^\/(api|healthz|readyz|icon|robots|sitemap|_)/.test(path) ? path : localizedPath("en", path);

/** How each route is asked for, by everybody. */
export const WAYS: Way[] = [
  plain("HTML"),
  routed("RSC", router),
  { ...routed("prefetch", prefetch), bones: true },
  ...inFull<Way>([
    {
      ...routed("segment prefetch", { ...prefetch, "Next-Router-Segment-Prefetch": "/_tree" }),
      bones: true,
    },
    {
      name: "HEAD",
      ask: (path, cookie) => ask(path, { cookie, method: "HEAD" }),
      headOnly: true,
    },
  ]),
  {
    name: FORWARDED,
    ask: (path, cookie) =>
      ask(english(path), {
        cookie,
        headers: {
          "x-forwarded-host": FOREIGN,
          "x-forwarded-proto": "https",
          "x-middleware-subrequest": SUBREQUESTS.join(":"),
        },
      }),
  },
];

/** Past the proxy, for the two who would gain most by it; `npm run test:full` asks them one shape at a time. */
export const PAST_PROXY: Way[] = FULL
  ? SUBREQUESTS.map((shape) =>
      plain(`x-middleware-subrequest: ${shape}`, { "x-middleware-subrequest": shape }),
    )
  : [];
export const GAINS_PAST_PROXY: readonly ActorName[] = ["anonymous", "other"];

/** Where a redirect leads, without its language; another site is named in full. */
function target(address: string): string {
  const url = new URL(address, baseUrl());
  return url.host === new URL(baseUrl()).host
    ? url.pathname.replace(/^\/(en|de)(?=\/)/, "")
    : url.href;
}

function signInAt(address: string): "login" | "staff login" | null {
  switch (target(address)) {
    case "/login":
      return "login";
    case "/staff/login":
      return "staff login";
    default:
      return null;
  }
}

/** What a route answered, in the words of its table; anything else in full, so that a failure says it. */
export function readRoute({ status, headers, body }: Answered): RouteAnswer | string {
  const location = headers.get("location");
  if (status >= 300 && status < 400 && location !== null) {
    return signInAt(location) ?? `redirect to ${target(location)}`;
  }
  if (status === 404) {
    return "not found";
  }
  if ([401, 403, 405].includes(status)) {
    return "words";
  }
  if (status !== 200) {
    return `status ${status}`;
  }
  // In a payload of the router a redirect or a missing page is an error of its tree.
  const [, digest = ""] = /"digest":"(NEXT_[^"]+)"/.exec(isPayload(headers) ? body : "") ?? [];
  if (digest.startsWith("NEXT_REDIRECT")) {
    const address = digest.split(";")[2] ?? "";
    return signInAt(address) ?? `redirect to ${address}`;
  }
  return digest.includes("404") ? "not found" : digest || "ok";
}

const isPayload = (headers: Headers) =>
  headers.get("content-type")?.startsWith("text/x-component") ?? false;

/** Without JavaScript words stand somewhere on the page, if it has that form at all: what was done, the tables tell. */
export type PostAnswer = ActionAnswer | "a page" | "no such action" | "foreign";

export interface PostWay {
  name: string;
  post: (given: {
    path: string;
    cookie: string;
    id: string;
    fields: Fields;
    stateless: boolean;
  }) => Promise<Answered>;
  /** What it comes to for everybody; without it, what the table says. */
  always?: PostAnswer;
  /** Posts at a page that has not got the action. */
  elsewhere?: true;
}

const own = () => ({ origin: new URL(baseUrl()).origin });

const direct = (name: string, headers: () => Record<string, string>): PostWay => ({
  name,
  post: ({ path, cookie, id, fields, stateless }) =>
    ask(path, {
      ...{ method: "POST", cookie, body: directForm(fields, stateless) },
      headers: { ...headers(), "Next-Action": id, accept: "text/x-component" },
    }),
});

const noScript = (name: string, headers: () => Record<string, string>): PostWay => ({
  name,
  post: ({ path, cookie, id, fields, stateless }) =>
    ask(path, {
      ...{ method: "POST", cookie, body: plainForm(id, fields, stateless) },
      headers: headers(),
    }),
});

const forwarded = () => ({
  origin: `https://${FOREIGN}`,
  "x-forwarded-host": FOREIGN,
  "x-middleware-subrequest": SUBREQUESTS.join(":"),
});

/** How each action is posted. */
export const POST_WAYS: PostWay[] = [
  direct("direct", own),
  noScript("without JavaScript", own),
  direct("direct, forwarded for another host", forwarded),
  { ...direct("direct, Origin null", () => ({ origin: "null" })), always: "foreign" },
  ...inFull<PostWay>([
    {
      ...noScript("without JavaScript, Origin null", () => ({ origin: "null" })),
      always: "foreign",
    },
    {
      ...direct("direct, foreign Origin", () => ({ origin: `https://${FOREIGN}` })),
      always: "foreign",
    },
  ]),
  {
    ...noScript("without JavaScript, foreign Origin", () => ({ origin: `https://${FOREIGN}` })),
    always: "foreign",
  },
  ...inFull([
    elsewhere(direct("direct, at a page without it", own)),
    elsewhere(noScript("without JavaScript, at a page without it", own)),
  ]),
];

function elsewhere(way: PostWay): PostWay {
  return {
    ...way,
    post: (given) => way.post({ ...given, path: "/account-deleted" }),
    always: "no such action",
    elsewhere: true,
  };
}

/** What an action answered, in the words of its table. */
export function readPost({ status, headers, body }: Answered): PostAnswer | string {
  const address = headers.get("x-action-redirect")?.split(";")[0] ?? headers.get("location");
  if (address) {
    const page = target(address);
    return signInAt(address) ?? (page.startsWith("/") ? "onward" : `redirect to ${page}`);
  }
  if (status === 409) {
    return "no such action";
  }
  // Next.js throws where the origin is not the host's, before the action is looked for.
  if (status === 500 && (body === "Internal Server Error" || isPayload(headers))) {
    return "foreign";
  }
  if (status !== 200) {
    return `status ${status}`;
  }
  if (!isPayload(headers)) {
    return "a page";
  }
  const [, said] = /"status":"(\w+)"/.exec(body) ?? [];
  return said === "done" ? "done" : said === "failed" || said === "invalid" ? "words" : "nothing";
}
