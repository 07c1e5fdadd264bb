import { expect, type Page, test } from "@playwright/test";
import { LANGUAGES, localizedPath } from "@/lib/i18n/languages";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { readDemoFile } from "./mailbox";
import { signInAt } from "./sign-in";

const DARK = "rgb(19, 23, 27)";
const LIGHT = "rgb(248, 247, 244)";

const surface = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

async function signIn(page: Page): Promise<void> {
  const [customer] = readDemoFile().customers;
  await signInAt(page, "/login", customer ?? { email: "", password: "" });
  await page.waitForURL("**/overview");
}

for (const javaScriptEnabled of [false, true]) {
  const way = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`R29 light and dark by choice, ${way}`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled, baseURL: readDemoFile().url });
    const page = await context.newPage();
    await page.goto("/login");
    expect(await surface(page)).toBe(LIGHT);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await surface(page), "as the device is").toBe(DARK);
    await page.getByRole("button", { name: "Chiaro" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
    expect(await surface(page)).toBe(LIGHT);
    // The page that was being read is still there.
    await expect(page).toHaveURL(/\/login$/);
    await page.goto("/en");
    expect(await surface(page), "kept on other pages").toBe(LIGHT);
    await expect(page.getByRole("button", { name: "Light" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByRole("button", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    expect(await surface(page)).toBe(DARK);
    await expect(page.locator("meta[name=theme-color]")).toHaveAttribute("content", "#1b2127");
    await page.emulateMedia({ media: "print" });
    expect(await surface(page), "paper is white").toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ media: "screen" });
    await page.getByRole("button", { name: "Automatic" }).click();
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
    expect(await surface(page)).toBe(LIGHT);
    await context.close();
  });

  test(`R29 the way around on a phone, ${way}`, async ({ browser }) => {
    const context = await browser.newContext({
      javaScriptEnabled,
      baseURL: readDemoFile().url,
      viewport: { width: 360, height: 740 },
    });
    const page = await context.newPage();
    await signIn(page);
    const bar = page.getByRole("navigation", { name: "Navigazione principale" });
    await expect(bar.locator("> div > ul > li")).toHaveCount(5);
    await expect(bar.locator("[aria-current=page]")).toHaveText("Panoramica");
    await bar.getByRole("link", { name: "Bollette" }).click();
    await page.waitForURL("**/bills");
    await expect(bar.locator("[aria-current=page]")).toHaveText("Bollette");
    await page.locator("main a[href*='/bills/']").first().click();
    await page.waitForURL("**/bills/*");
    await expect(bar.locator("[aria-current=true]")).toHaveText("Bollette");
    const trail = page.getByRole("navigation", { name: "Percorso" });
    await expect(trail.getByRole("link")).toHaveText(["Panoramica", "Bollette"]);
    await trail.getByRole("link", { name: "Bollette" }).click();
    await page.waitForURL("**/bills");
    await bar.locator("summary").click();
    await bar.getByRole("link", { name: "Notifiche" }).click();
    await page.waitForURL("**/notifications");
    await expect(bar.locator("details[open]")).toHaveCount(0);
    await expect(bar.locator("summary[aria-current]")).toHaveText("Altro");
    await page.setViewportSize({ width: 1200, height: 800 });
    await expect(bar.locator("[aria-current=page]")).toHaveText("Notifiche");
    await context.close();
  });
}

test("R29 tables are lists at 320 px, and tables to screen readers", async ({ browser }) => {
  const context = await browser.newContext({
    baseURL: readDemoFile().url,
    viewport: { width: 320, height: 640 },
  });
  const page = await context.newPage();
  await signIn(page);
  await page.goto("/profile/access");
  const table = page.getByRole("table").first();
  await expect(table.getByRole("columnheader").first()).toBeAttached();
  await expect(table.getByRole("rowheader").first()).toBeVisible();
  expect(
    await table
      .getByRole("cell")
      .first()
      .evaluate((cell) => getComputedStyle(cell).display),
  ).toBe("flex");
  await expectFitsNarrow(page);
  await expectAccessible(browser, page);
  await context.close();
});

test("R29 it can be installed, in each language under its own name", async ({ request }) => {
  const { url } = readDemoFile();
  const names = new Set<string>();
  for (const language of LANGUAGES) {
    const page = await (await request.get(url + localizedPath(language, "/"))).text();
    const [, href = ""] = /<link rel="manifest" href="([^"]+)"/.exec(page) ?? [];
    const manifest = await (await request.get(url + href)).json();
    expect(manifest.lang).toBe(language);
    names.add(manifest.name);
    for (const { src, sizes } of manifest.icons) {
      const icon = await (await request.get(url + src)).body();
      // The width stands in the PNG's header.
      expect(`${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`, src).toBe(sizes);
    }
  }
  expect(names.size).toBe(LANGUAGES.length);
});

test("R29 search engines find the public pages, and nothing else", async ({ request }) => {
  const { url } = readDemoFile();
  const robots = await (await request.get(`${url}/robots.txt`)).text();
  expect(robots).toContain("Disallow: /de/staff");
  const [, sitemap = ""] = /Sitemap: (.+)/.exec(robots) ?? [];
  const listed = await (await request.get(url + new URL(sitemap).pathname)).text();
  const pages = [...listed.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, at = ""]) => new URL(at));
  expect(pages.length).toBeGreaterThan(20);
  const descriptions = new Set<string>();
  for (const { pathname } of pages) {
    const answer = await request.get(url + pathname, { maxRedirects: 0 });
    expect(answer.status(), pathname).toBe(200);
    const html = await answer.text();
    expect(html, pathname).not.toMatch(/name="robots" content="[^"]*noindex/);
    expect(html, pathname).toMatch(/<link rel="alternate" hrefLang="de"/i);
    descriptions.add(/name="description" content="([^"]+)"/.exec(html)?.[1] ?? pathname);
  }
  expect(descriptions.size).toBe(pages.length);
  const staff = await (await request.get(`${url}/staff/login`)).text();
  expect(staff).toMatch(/name="robots" content="noindex, nofollow"/);
});
