import { expect, test } from "@playwright/test";
import type { ActorName, Cookies } from "./authorisation/actors";
import { type Answered, ask, askRouter, baseUrl, inParallel } from "./authorisation/asking";
import { changedTables, holdClockJobs, quietDigests, superuser } from "./authorisation/database";
import { FOREIGN_NEXTS, OWN_NEXTS } from "./authorisation/next-values";
import { ROUTES, type RouteRow } from "./authorisation/routes";
import { signIn } from "./authorisation/sign-in";
import { makeCookies, makeWorld, sendPhoto, tidyUp, type World } from "./authorisation/world";
import { readDemoFile } from "./mailbox";
import { LIMITS, pageBytes } from "./page-bytes";

const AT_ONCE = 4;
const LOOKERS: readonly ActorName[] = ["anonymous", "owner", "operator"];
/** Pages whose address holds a secret: it goes to no other site, and yet forms post with an origin. */
const WITH_TOKEN = /^\/(confirm|confirm-address|reset-password)(\?|$)/;
/** A program's address that is a secret, from which no form is posted. */
const SECRET = /^\/api\/customer\/v1\/calendar\//;
const referrerOf = (path: string) =>
  SECRET.test(path)
    ? /^no-referrer$/
    : WITH_TOKEN.test(path)
      ? /^same-origin$/
      : /^strict-origin-when-cross-origin$/;
/** What is the same for everybody and comes from no page: the site's own files and the probes'. */
const IMPERSONAL =
  /^\/(icon\.svg|robots\.txt|sitemap\.xml|manifest\.webmanifest|api\/|healthz|readyz)/;

test.describe("R28 headers, and what comes with them", () => {
  let database: Awaited<ReturnType<typeof superuser>>;
  let letGo: () => Promise<void>;
  let world: World;
  let cookies: Cookies;

  test.beforeAll(async () => {
    database = await superuser();
    letGo = await holdClockJobs(database.sql);
    world = await makeWorld(database.sql);
    cookies = await makeCookies(database.sql);
    await sendPhoto(world, cookies.owner);
  });

  test.afterAll(async () => {
    await tidyUp(database.sql, world);
    await letGo();
    await database.close();
  });

  const cells = Object.values(ROUTES).flatMap((row) => LOOKERS.map((actor) => ({ row, actor })));

  test("every route for a visitor, a customer and staff; no page too heavy", async () => {
    const wrong: string[] = [];
    const heaviest = { scriptBytes: 0, styleBytes: 0 };
    await inParallel(cells, AT_ONCE, async ({ row, actor }) => {
      const path = row.at(world);
      const answers = [
        await ask(path, { cookie: cookies[actor] }),
        await ask(path, { cookie: cookies[actor] }),
      ] as const;
      const faults = headerFaults(path, row, answers);
      if (row.kind === "page" && answers[0].status === 200) {
        const bytes = await pageBytes(answers[0].body);
        for (const what of ["scriptBytes", "styleBytes"] as const) {
          heaviest[what] = Math.max(heaviest[what], bytes[what]);
          if (bytes[what] === 0 || bytes[what] > LIMITS[what]) {
            faults.push(`${what} are ${bytes[what]}`);
          }
        }
      }
      wrong.push(...faults.map((fault) => `${path}, ${actor}: ${fault}`));
    });
    expect(wrong).toEqual([]);
    console.log(`headers: ${cells.length} cells; at most ${JSON.stringify(heaviest)}`);
  });

  test("R30 what is fetched ahead of a click changes nothing", async () => {
    const before = await quietDigests(database.sql);
    await inParallel(cells, AT_ONCE, async ({ row, actor }) => {
      const path = row.at(world);
      const cookie = cookies[actor];
      // By the browser, and a page by our router as well: links to files are none of its.
      await ask(path, { cookie, headers: { "Sec-Purpose": "prefetch;prerender" } });
      if (row.kind === "page") {
        await askRouter(path, cookie, { RSC: "1", "Next-Router-Prefetch": "1" });
      }
    });
    // What follows an answer is waited for.
    expect(changedTables(before, await quietDigests(database.sql))).toEqual([]);
  });

  test("a session's cookies are for the server alone, and for this site's own requests", async () => {
    const [customer] = readDemoFile().customers.slice(-1);
    const { setCookies } = await signIn("/login", customer ?? { email: "", password: "" });
    expect(setCookies.length).toBeGreaterThan(0);
    for (const cookie of setCookies) {
      const attributes = cookie.split(/;\s*/).slice(1);
      expect(attributes, cookie).toContain("HttpOnly");
      expect(attributes.join(";"), cookie).toMatch(/SameSite=lax/i);
      expect(attributes, cookie).toContain("Path=/");
      expect(cookie).not.toMatch(/Domain=/i);
    }
  });

  test("after sign-in nothing but a path of ours is gone to", async () => {
    const { customers } = readDemoFile();
    const wrong: string[] = [];
    // Each customer signs in a few times: nobody's sign-ins become too many.
    const tries = [...FOREIGN_NEXTS, ...OWN_NEXTS].map((next, at) => ({
      next,
      who: customers[at % customers.length] ?? { email: "", password: "" },
    }));
    await inParallel(tries, AT_ONCE, async ({ next, who }) => {
      const { location } = await signIn("/login", who, { next });
      const isExpected = OWN_NEXTS.includes(next)
        ? location === next
        : // In the account's own language.
          /^(\/(en|de))?\/overview$/.test(location);
      const { origin } = new URL(location, baseUrl());
      if (!isExpected || origin !== new URL(baseUrl()).origin) {
        wrong.push(`${JSON.stringify(next)} leads to ${location}`);
      }
    });
    expect(wrong).toEqual([]);
    console.log(`open redirects: ${FOREIGN_NEXTS.length} values`);
  });
});

/** What is missing or wrong in the answers to two same requests. */
function headerFaults(
  path: string,
  { kind }: RouteRow,
  [answer, again]: readonly [Answered, Answered],
): string[] {
  const { headers } = answer;
  const faults: string[] = [];
  const must = (name: string, pattern: RegExp) => {
    const value = headers.get(name) ?? "";
    if (!pattern.test(value)) {
      faults.push(`${name} is "${value}"`);
    }
  };
  must("x-content-type-options", /^nosniff$/);
  must("referrer-policy", referrerOf(path));
  must("cross-origin-opener-policy", /^same-origin$/);
  must("permissions-policy", /camera=\(\)/);
  must("x-powered-by", /^$/);
  if (IMPERSONAL.test(path)) {
    return faults;
  }
  must("cache-control", /^(?=.*\bprivate\b)(?=.*\bno-store\b)/);
  const type = headers.get("content-type") ?? "";
  const found = answer.status === 200;
  if (kind === "page") {
    faults.push(...policyFaults(answer, again));
  } else if (type.startsWith("application/pdf")) {
    must("content-security-policy", /^sandbox; frame-ancestors 'none'$/);
    must("cross-origin-resource-policy", /^same-origin$/);
  } else if (found && type.startsWith("image/")) {
    must("content-security-policy", /^sandbox; default-src 'none'; frame-ancestors 'none'$/);
    must("cross-origin-resource-policy", /^same-origin$/);
  } else if (found && type.startsWith("text/html")) {
    must("content-security-policy", /^default-src 'none';.* frame-ancestors 'self'; sandbox$/);
  } else if (found) {
    must("content-type", /^(text\/csv|application\/zip)/);
    must("content-disposition", /^attachment; /);
  }
  return faults;
}

/** A page's policy: a nonce of its own, on every script, and no way around it. */
function policyFaults(answer: Answered, again: Answered): string[] {
  const policy = answer.headers.get("content-security-policy") ?? "";
  const nonceOf = ({ headers }: Answered) =>
    /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];
  const nonce = nonceOf(answer);
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
  const faults: string[] = [];
  if (!nonce || nonce === nonceOf(again)) {
    faults.push(`the nonce ${nonce} comes twice`);
  }
  if (!scripts.includes(`'nonce-${nonce}'`) || /unsafe|\*|https?:|data:/.test(scripts)) {
    faults.push(`script-src is ${scripts}`);
  }
  for (const part of ["frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"]) {
    if (!policy.includes(part)) {
      faults.push(`the policy lacks ${part}`);
    }
  }
  const bare = (answer.body.match(/<script\b[^>]*>/g) ?? []).filter(
    (tag) => !tag.includes(`nonce="${nonce}"`),
  );
  return [...faults, ...bare.map((tag) => `${tag} has no nonce`)];
}
