import { expect, test } from "@playwright/test";
import { LANGUAGES, localizedPath } from "@/lib/i18n/languages";
import { expectAccessible, expectFitsNarrow } from "../accessibility";
import { readDemoFile } from "../mailbox";
import { signInStaff } from "../sign-in";

const PUBLIC = [
  "/",
  "/signup",
  "/login",
  "/forgot-password",
  "/reset-password",
  "/signup/sent",
  "/start/valfiorita-energia",
  "/sample-bill/valfiorita-calore",
  "/direct-debit/valfiorita-acque",
  "/help",
  "/accessibility",
  "/privacy",
  "/complaints",
  "/contact",
  "/no-such-page",
];
const PORTAL = [
  "/overview",
  "/bills",
  "/contracts",
  "/delivery",
  "/consumption",
  "/consumption/statistics",
  "/consumption/export",
  "/consumption/self-reading",
  "/consumption?view=year&date=2025-01-01",
  "/consumption?view=day&date=2025-03-30",
  "/consumption?contract=all&view=year&date=2025-01-01",
  "/notifications",
  "/profile",
  "/profile/access",
  "/profile/access/second-factor",
  "/profile/data",
  "/profile/tokens",
  "/contracts/add",
  "/complaints",
  "/contact",
];

const STAFF = [
  "/staff",
  "/staff/runs",
  "/staff/search",
  "/staff/search?q=a",
  "/staff/delivery",
  "/staff/undelivered",
  "/staff/mail-room",
  "/staff/mandate-requests",
  "/staff/emails",
  "/staff/attempts",
  "/staff/releases",
  "/staff/self-readings",
  "/staff/people",
  "/staff/operations",
  "/staff/complaints",
  "/staff/profile",
  "/staff/design",
];

/** `npm run test:full`: every page in each theme, width and language. */
for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1200]) {
    for (const language of LANGUAGES) {
      test(`R29 every page in ${language}, ${colorScheme}, ${width} px`, async ({ browser }) => {
        const context = await browser.newContext({
          colorScheme,
          viewport: { width, height: 800 },
          baseURL: readDemoFile().url,
        });
        const page = await context.newPage();
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
        const look = async (address: string) => {
          await page.goto(localizedPath(language, address));
          await expect(page.locator("html")).toHaveAttribute("lang", language);
          await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
          // next-intl shows a missing text as its key: `bills.title`; an address or a unit is none.
          await expect(page.locator("body")).not.toContainText(
            /\b[a-z]+[A-Za-z]*\.(?!example|kWh)[a-z]+[A-Z]\w*\b/,
          );
          await expectAccessible(browser, page, colorScheme);
          await expectFitsNarrow(page);
        };
        for (const address of PUBLIC) {
          await look(address);
        }
        const [customer] = readDemoFile().customers;
        await page.goto(localizedPath(language, "/login"));
        await page.locator("[name=email]").fill(customer?.email ?? "");
        await page.locator("[name=password]").fill(customer?.password ?? "");
        await page.locator("main form button[type=submit]").click();
        await page.waitForURL("**/overview");
        for (const address of PORTAL) {
          await look(address);
        }
        for (const list of ["/bills", "/contracts"]) {
          await page.goto(localizedPath(language, list));
          const first = page.locator(`main a[href*='${list}/']`).first();
          const address = (await first.getAttribute("href"))?.replace(/^\/(en|de)(?=\/)/, "") ?? "";
          await look(address);
          if (list === "/bills") {
            await look(`${address}/delivery`);
          }
        }
        await page.goto(localizedPath(language, "/notifications"));
        const mail = page.locator("main a[href*='/notifications/']").first();
        await look((await mail.getAttribute("href"))?.replace(/^\/(en|de)(?=\/)/, "") ?? "");
        await page.context().clearCookies();
        await signInStaff(page, "operator", localizedPath(language, "/staff/login"));
        for (const address of STAFF) {
          await look(address);
        }
        // A bill's page for staff, found as for a caller.
        const { contracts = [] } = readDemoFile().customers[0] ?? {};
        await look(`/staff/search?q=${contracts[0]}`);
        const bill = page.locator("main a[href*='/staff/bills/']").first();
        await look((await bill.getAttribute("href"))?.replace(/^\/(en|de)(?=\/)/, "") ?? "");
        expect(problems).toEqual([]);
        await context.close();
      });
    }
  }
}
