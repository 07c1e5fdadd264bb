import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { median } from "../bench/report";
import { baseUrl } from "../e2e/authorisation/asking";
import type { LookedAt } from "./pages";

/** Issue 8. */
export const MOST = { usefulMs: 2000, layoutShift: 0.02 };

/**
 * The developer tools' "Fast 3G" (now "Slow 4G"): 1.44 Mbit/s, and 562.5 ms for each request. That is
 * slower than a line of 1.6 Mbit/s and 150 ms; on their "Slow 3G" (now "3G") the first byte alone takes
 * the two seconds.
 */
const NET = {
  offline: false,
  latency: 562.5,
  downloadThroughput: (1.6 * 1_000_000 * 0.9) / 8,
  uploadThroughput: (750_000 * 0.9) / 8,
};

const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: "it-IT",
  timezoneId: "Europe/Rome",
};

export interface FirstLook {
  /** Until heading and all content of the page are painted, in milliseconds from the click; the median. */
  usefulMs: number;
  /** All shifts until nothing is loaded any more, fonts included; the most of all runs. */
  layoutShift: number;
  /** Without JavaScript there is the same to read. */
  sameWithoutScripts: boolean;
}

/**
 * A page as it comes to a phone on a slow net that has nothing of the site yet, so many times, and to
 * one without JavaScript.
 */
export async function firstLook(
  browser: Browser,
  page: LookedAt,
  runs: number,
): Promise<FirstLook> {
  const bare = await inContext(browser, page, { javaScriptEnabled: false }, contentOf);
  const looks: Awaited<ReturnType<typeof onSlowNet>>[] = [];
  for (let run = 0; run < runs; run += 1) {
    looks.push(await onSlowNet(browser, page));
  }
  return {
    usefulMs: Math.round(median(looks.map(({ usefulMs }) => usefulMs))),
    layoutShift: Math.max(...looks.map(({ layoutShift }) => layoutShift)),
    sameWithoutScripts: looks.every(({ content }) => content === bare),
  };
}

async function onSlowNet(browser: Browser, looked: LookedAt) {
  return await inContext(browser, looked, {}, async (page) => {
    const { times, paintMs, layoutShift } = await page.evaluate(() => window.firstLook);
    // From the first frame on whose words are those of the last one.
    const whole = times.find(({ words }) => words === times.at(-1)?.words)?.ms ?? Number.NaN;
    return {
      usefulMs: Math.max(whole, paintMs),
      layoutShift,
      content: await contentOf(page),
    };
  });
}

declare global {
  interface Window {
    firstLook: { times: { ms: number; words: string }[]; paintMs: number; layoutShift: number };
  }
}

/** In the page, before anything of it: notes in every frame that is painted what there is to read. */
function watch(): void {
  const seen: Window["firstLook"] = { times: [], paintMs: 0, layoutShift: 0 };
  window.firstLook = seen;
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntriesByName("first-contentful-paint")) {
      seen.paintMs = startTime;
    }
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      seen.layoutShift += (entry as PerformanceEntry & { value: number }).value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  // While a style sheet is awaited nothing is painted, and no frame is called for.
  const look = () => {
    const words = document.querySelector("h1") && document.querySelector("main")?.innerText;
    if (words && words !== seen.times.at(-1)?.words) {
      seen.times.push({ ms: performance.now(), words });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const contentOf = (page: Page) => page.locator("main").innerText();

async function inContext<T>(
  browser: Browser,
  { path, cookie }: LookedAt,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const scripts = options.javaScriptEnabled !== false;
  const context = await browser.newContext({ ...PHONE, ...options, baseURL: baseUrl() });
  try {
    for (const [, name = "", value = ""] of cookie.matchAll(/([^=; ]+)=([^;]*)/g)) {
      await context.addCookies([{ name, value, url: baseUrl() }]);
    }
    const page = await context.newPage();
    if (scripts) {
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", NET);
      // What compiles these tests keeps functions' names by a function that pages lack.
      await page.addInitScript("globalThis.__name = (named) => named;");
      await page.addInitScript(watch);
    }
    await page.goto(path, { waitUntil: scripts ? "networkidle" : "load" });
    if (scripts) {
      await page.evaluate(() => document.fonts.ready);
    }
    return await work(page);
  } finally {
    await context.close();
  }
}
