import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { readDemoFile } from "./mailbox";
import { signInAt } from "./sign-in";

/** What customers do with their consumption beside looking at it. */
for (const scripts of [true, false]) {
  test.describe(scripts ? "every step in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("R24 R25 R29 views, statistics and an alert, a self-reading, a download, a token and a calendar", async ({
      page,
      browser,
    }) => {
      // The demo's only one whose water meter is not read remotely.
      const customer = readDemoFile().customers[2];
      if (!customer) {
        throw new Error("the demo has no such customer");
      }
      const electricity = customer.contracts[0] ?? "";
      const water = customer.contracts[2] ?? "";
      const look = async () => {
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };
      await signInAt(page, "/login", customer);
      await page.waitForURL("**/overview");

      await test.step("any period, one supply or all, is an address and a link away", async () => {
        await page.goto("/consumption");
        await page.getByRole("link", { name: "Giorno", exact: true }).click();
        await page.waitForURL("**view=day**");
        await expect(page.locator("main caption").first()).toContainText("kWh");
        await look();
        // On paper, a figure's table is there without being opened (R24).
        await expect(page.locator("figure table").first()).toBeHidden();
        await page.emulateMedia({ media: "print" });
        await expect(page.locator("figure table").first()).toBeVisible();
        await page.emulateMedia({ media: null });
        await page.goto("/consumption?contract=all&view=year");
        await expect(page.getByRole("heading", { level: 3 }).first()).toBeVisible();
        await look();
        await page.goto("/consumption?view=range&from=2026-10-20&to=2026-11-10&measure=euro");
        await expect(page.locator("main")).toContainText("€");
        await look();
      });

      await test.step("an alert is turned on", async () => {
        await page.goto(`/consumption/statistics?contract=${electricity}`);
        await look();
        const alert = page.locator("form:has([name=thresholdPercent])");
        await alert.locator("[name=tell]").check();
        await alert.locator("[name=thresholdPercent]").fill("5");
        await alert.locator("button").click();
        await expect(page.locator("main [role=alert]").first()).toBeVisible();
        await alert.locator("[name=tell]").check();
        await alert.locator("[name=thresholdPercent]").fill("60");
        await alert.locator("button").click();
        await expect(page.locator("main [role=status]").first()).toBeVisible();
        await page.goto(`/consumption/statistics?contract=${electricity}`);
        await expect(alert.locator("[name=thresholdPercent]")).toHaveValue("60");
        await expect(alert.locator("[name=tell]")).toBeChecked();
      });

      await test.step("a meter is read, asked about, and answered with a receipt", async () => {
        await page.goto(`/consumption/self-reading?contract=${electricity}`);
        await expect(page.locator("[name=count]")).toHaveCount(0);
        await page.goto(`/consumption/self-reading?contract=${water}`);
        await look();
        await page.locator("[name=count]").fill("molto");
        await submit(page);
        await expect(page.locator("main [role=alert]").first()).toBeVisible();
        await expect(page.locator("[name=confirmed]")).toHaveCount(0);
        await page.locator("[name=count]").fill("1234,567");
        await submit(page);
        await page.waitForURL("**/self-reading/AL-*");
        await expect(page.locator("main dl")).toContainText("1.234,567");
        await look();
        await page.goto(`/consumption/self-reading?contract=${water}`);
        await expect(page.locator("main table")).toContainText("1.234,567");
      });

      await test.step("readings are taken out as a file", async () => {
        await page.goto(`/consumption/export?contract=${electricity}`);
        await look();
        const query = `contract=${electricity}&from=2026-10-24&to=2026-10-26`;
        const csv = await page.request.get(`/consumption/export/file?${query}&format=csv`);
        // 96, 100 and 96 quarter-hours.
        expect((await csv.text()).trimEnd().split("\r\n")).toHaveLength(1 + 96 + 100 + 96);
        const byDay = await page.request.get(
          `/consumption/export/file?${query}&format=csv&resolution=days`,
        );
        expect((await byDay.text()).trimEnd().split("\r\n")).toHaveLength(1 + 3);
        const everything = `contract=${electricity}&from=2000-01-01&to=2100-12-31&resolution=days`;
        const workbook = await page.request.get(
          `/consumption/export/file?${everything}&format=xlsx`,
        );
        expect(workbook.status()).toBe(200);
        const foreign = await page.request.get(
          "/consumption/export/file?contract=EL-100000&from=2026-10-24&to=2026-10-26&format=csv",
        );
        expect(foreign.status()).toBe(404);
      });

      await test.step("a program reads with a token, a calendar with its address, until they end", async () => {
        const token = await make(page, "consumption", customer.password);
        await look();
        const ask = async (path: string, secret = token) =>
          await fetch(new URL(path, page.url()), {
            headers: { Authorization: `Bearer ${secret}` },
          });
        const contracts = await ask("/api/customer/v1/contracts");
        expect(JSON.stringify(await contracts.json())).toContain(electricity);
        const range = `contract=${electricity}&from=2026-10-25&to=2026-10-25`;
        const day = await ask(`/api/customer/v1/consumption?${range}`);
        expect(((await day.json()) as { days: { minutes: number }[] }).days[0]?.minutes).toBe(15);
        expect((await ask("/api/customer/v1/contracts", `${token}x`)).status).toBe(401);
        // It reads and does nothing else.
        for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
          const refused = await fetch(new URL("/api/customer/v1/contracts", page.url()), {
            method,
            headers: { Authorization: `Bearer ${token}` },
          });
          expect(refused.status).toBe(405);
        }
        const calendar = await make(page, "calendar", customer.password);
        const dates = await fetch(calendar);
        expect(dates.headers.get("content-type")).toContain("text/calendar");
        expect(await dates.text()).toContain("BEGIN:VCALENDAR");
        expect(dates.headers.get("referrer-policy")).toBe("no-referrer");
        await page.goto("/profile/tokens");
        // The newest: an earlier journey left a calendar of its own.
        await page
          .getByRole("button", { name: /prova consumption/ })
          .first()
          .click();
        await expect(page.locator("main [role=status]").first()).toBeVisible();
        expect((await ask("/api/customer/v1/contracts")).status).toBe(401);
      });
    });
  });
}

async function submit(page: Page): Promise<void> {
  await page.locator("main form button[type=submit]").first().click();
}

/** Makes a token, and reads it from the only page that shows it. */
async function make(page: Page, purpose: string, password: string): Promise<string> {
  await page.goto("/profile/tokens");
  await page.locator(`[name=purpose][value=${purpose}]`).check();
  await page.locator("[name=name]").fill(`prova ${purpose}`);
  await page.locator("[name=password]").fill(password);
  await submit(page);
  const shown = page.locator("main ul.font-mono li");
  await expect(shown).toHaveCount(1);
  return (await shown.textContent()) ?? "";
}
