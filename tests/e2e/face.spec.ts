import { expect, type Page, test } from "@playwright/test";
import { LANGUAGES, localizedPath } from "@/lib/i18n/languages";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { readDemoFile } from "./mailbox";
import { openDesk, signInAt } from "./sign-in";

const DARK = "rgb(19, 23, 27)";
const LIGHT = "rgb(248, 247, 244)";

const surface = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

async function signIn(page: Page): Promise<void> {
  const [customer] = readDemoFile().customers;
  await signInAt(page, "/login", customer ?? { email: "", password: "" });
  await page.waitForURL("**/overview");
}

async function expectMissing(page: Page, path: string): Promise<void> {
  const answer = await page.goto(path);
  expect(answer?.status(), path).toBe(404);
  await expect(page.getByRole("heading", { level: 1 }), path).toHaveText("Pagina non trovata");
  await expect(page, path).toHaveTitle(/^Pagina non trovata · /);
  // Of those that a script draws, only what is sent stands in the answer.
  expect(await answer?.text(), path).not.toContain('content="index, follow"');
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

for (const javaScriptEnabled of [false, true]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("R29 whoever is signed in keeps their way around on public pages", async ({ page }) => {
      const main = page.getByRole("navigation", { name: "Navigazione principale" });
      const trail = page.getByRole("navigation", { name: "Percorso" });
      await page.goto("/help");
      await expect(main.getByRole("link")).toHaveText(["Registrati", "Accedi"]);
      await expect(trail.getByRole("link")).toHaveText(["Inizio"]);
      await signIn(page);
      await page.goto("/direct-debit/valfiorita-energia");
      await expect(main.getByRole("link", { name: "Bollette", exact: true })).toBeVisible();
      await expect(main.getByRole("link", { name: "Registrati" })).toHaveCount(0);
      await expect(trail.getByRole("link")).toHaveText(["Panoramica", "Aiuto"]);
      await page.goto("/");
      await page.locator("main").getByRole("link", { name: "Vai alla panoramica" }).click();
      await page.waitForURL("**/overview");
    });

    test("R28 R29 what is not there says so, to anybody, and where to go on", async ({ page }) => {
      await page.goto("/de/no-such-page");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Seite nicht gefunden");
      await page.getByRole("link", { name: "Zur Startseite" }).click();
      await page.waitForURL("**/de");
      await expect(page, "gone with it").not.toHaveTitle(/Seite nicht gefunden/);
      for (const path of ["/sample-bill/no-such", "/start/no-such"]) {
        await expectMissing(page, path);
      }
      await signIn(page);
      for (const path of [
        "/bills/",
        "/consumption?contract=",
        "/consumption/statistics?contract=",
      ]) {
        await expectMissing(page, `${path}00000000-0000-7000-8000-000000000000`);
      }
    });

    test("R29 from a bill to its complaint, with the supply chosen", async ({ page }) => {
      await signIn(page);
      await page.goto("/bills");
      await page.locator("main a[href*='/bills/']").first().click();
      await page.waitForURL("**/bills/*");
      const number = await page.locator("dt:text-is('Numero contratto') + dd").innerText();
      await page.getByRole("link", { name: "Manda un reclamo" }).click();
      await page.waitForURL(/\/complaints\?contract=[\da-f-]{36}$/);
      await expect(page.locator("[name=contractId] option:checked")).toContainText(number);
    });

    test("R29 all supplies together lead to statistics and files, where one is chosen", async ({
      page,
    }) => {
      await signIn(page);
      await page.goto("/consumption?contract=all");
      await expect(page.locator("main")).toContainText("una fornitura alla volta");
      await page.getByRole("link", { name: "Statistiche", exact: true }).click();
      await page.waitForURL("**/consumption/statistics");
      await expect(page.getByRole("navigation", { name: "Le tue forniture" })).toBeVisible();
    });

    test("R29 the desk's pages say what they lie below", async ({ page }) => {
      await openDesk(page, "operator");
      const trail = page.getByRole("navigation", { name: "Percorso" });
      await expect(trail).toHaveCount(0);
      await page.goto("/staff/runs");
      await page.locator("main a[href*='/staff/runs/']").first().click();
      await page.waitForURL("**/staff/runs/*/*");
      await expect(trail.getByRole("link")).toHaveText(["Scrivania", "Fatturazioni"]);
      await page.goto("/help");
      await page
        .getByRole("navigation", { name: "Navigazione principale" })
        .getByRole("link", { name: "Scrivania" })
        .click();
      await page.waitForURL("**/staff");
    });
  });
}

test("R1 R29 a slip is told as the field is left, and gone once it is mended", async ({ page }) => {
  await page.goto("/signup?company=valfiorita-energia");
  const told = async (name: string, typed: string, words: RegExp | null) => {
    const field = page.locator(`[name=${name}]`);
    await field.fill(typed);
    await field.blur();
    const error = page.locator(`#${name}-error`);
    await (words ? expect(error).toHaveText(words) : expect(error).toHaveCount(0));
    return field;
  };
  await told("email", "ada@posta", /Scrivi un indirizzo e-mail/);
  const email = page.locator("[name=email]");
  await expect(email).toHaveAttribute("aria-invalid", "true");
  await expect(email).toHaveAccessibleDescription(/Scrivi un indirizzo e-mail/);
  await email.pressSequentially(".example");
  await expect(page.locator("#email-error"), "while one types").toHaveCount(0);
  await told("taxId", "IT001E00000001", /POD/);
  // The shape binds, the check character only warns.
  await told("taxId", "RSSMRA80A01H501A", /ultimo carattere/);
  await expect(page.locator("[name=taxId]")).not.toHaveAttribute("aria-invalid");
  await told("taxId", "RSSMRA80A01H501U", null);
  await told("customerCode", "IT001E00000001", /POD/);
  await told("customerCode", "7", /ha la forma di/);
  await told("customerCode", "710 004 215", null);
  await told("password", "corta", /almeno 12/);
  await told("password", "quattro gatti sul tetto", null);
  // What appears as a field is left by a press of the button does not push the button away from under it.
  await email.fill("ada@posta");
  await page.locator("main form button[type=submit]").click();
  await expect(page.locator("main").getByRole("alert")).toContainText("Scrivi un indirizzo e-mail");
});

test("R29 with scripts a page on its way is shown, and a confirmation twice for the eyes only", async ({
  page,
}) => {
  await signIn(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/notifications**", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/profile");
  const progress = page.locator(".navigation-progress");
  await expect(progress).toHaveCount(0);
  await page
    .getByRole("navigation", { name: "Navigazione principale" })
    .getByRole("link", { name: "Notifiche" })
    .click();
  await expect(progress).toBeVisible();
  release();
  await page.waitForURL("**/notifications");
  await expect(progress).toHaveCount(0);
  await page.goto("/profile");
  const form = page.locator("form:has([name=language])").last();
  await form.locator("button[type=submit]").click();
  const said = page.locator("main").getByRole("status");
  await expect(said).toBeVisible();
  const toast = page.locator(".toast");
  await expect(toast).toHaveAttribute("data-sentence", await said.innerText());
  expect(await toast.evaluate((node) => getComputedStyle(node).position)).toBe("fixed");
});

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
