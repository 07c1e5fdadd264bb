import { expect, type Page, test } from "@playwright/test";
import { codeOfStepBefore, unusedCode } from "@/tests/factories/totp";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { linkIn, readDemoFile, waitForMail } from "./mailbox";
import { signInAt } from "./sign-in";

const NEW_PASSWORD = "sette lumache in salita";

/** A customer's own credentials, as their owner meets them: forgotten, changed, with a second step. */
for (const scripts of [true, false]) {
  test.describe(scripts ? "every step in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("R4 R29 forgotten password, second step, recovery code, devices, password change", async ({
      page,
      browser,
    }) => {
      const customer = readDemoFile().customers[scripts ? 4 : 5];
      if (!customer) {
        throw new Error("the demo has no such customer");
      }
      const look = async () => {
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };

      await test.step("a forgotten password is set by the link of a mail", async () => {
        await page.goto("/login");
        await page.locator("main a[href*='/forgot-password']").click();
        await page.waitForURL("**/forgot-password");
        await look();
        await page.locator("[name=email]").fill(customer.email);
        await submit(page);
        await expect(page.locator("main [role=status]")).toBeVisible();
        await look();
        const link = linkIn(
          await waitForMail(customer.email, /password|Passwort/i),
          "/reset-password",
        );
        await page.goto(link);
        await look();
        await page.locator("[name=newPassword]").fill("qwertyuiop12");
        await submit(page);
        await expect(page.locator("main [role=alert]")).toBeVisible();
        await page.locator("[name=newPassword]").fill(NEW_PASSWORD);
        await submit(page);
        await page.waitForURL("**/login?reset=done");
        await look();
        await page.goto(link);
        await expect(page.locator("[name=newPassword]")).toHaveCount(0);
        await look();
      });

      const known: { secret: string; recovery: string[] } = { secret: "", recovery: [] };
      await test.step("a second step is set up", async () => {
        await signInAt(page, "/login", { ...customer, password: NEW_PASSWORD });
        await page.waitForURL("**/overview");
        await page.goto("/profile");
        await page.locator("main a[href*='/profile/access']").click();
        await page.waitForURL("**/profile/access");
        await look();
        await page.locator("main a[href$='/second-factor']").click();
        await page.waitForURL("**/profile/access/second-factor");
        await expect(page.getByRole("img", { name: /QR/ })).toBeVisible();
        await look();
        const key = await page.locator("main ol .font-mono").textContent();
        known.secret = (key ?? "").replace(/\s/g, "");
        await page.locator("[name=password]").fill(NEW_PASSWORD);
        await page.locator("[name=code]").fill(await codeOfStepBefore(known.secret, 15));
        await submit(page);
        await expect(page.locator("main ul.font-mono li")).toHaveCount(10);
        known.recovery = await page.locator("main ul.font-mono li").allTextContents();
        await look();
      });

      await test.step("from then on the password alone opens nothing", async () => {
        await signOut(page);
        await signInAt(page, "/login", { ...customer, password: NEW_PASSWORD });
        await page.waitForURL("**/login/code");
        await look();
        await page.goto("/bills");
        await page.waitForURL("**/login?next=**");
        await page.goto("/login/code");
        await page.locator("[name=code]").fill("000000");
        await submit(page);
        await expect(page.locator("main [role=alert]")).toBeVisible();
        await look();
        await page.locator("[name=code]").fill(await unusedCode(known.secret));
        await submit(page);
        await page.waitForURL("**/overview");
      });

      await test.step("a recovery code opens once", async () => {
        for (const [attempt, opens] of [true, false].entries()) {
          await page.context().clearCookies();
          await signInAt(page, "/login", { ...customer, password: NEW_PASSWORD });
          await page.waitForURL("**/login/code");
          await page.locator("[name=code]").fill(known.recovery[0] ?? "");
          await submit(page);
          await (opens
            ? page.waitForURL("**/overview")
            : expect(page.locator("main [role=alert]"), `attempt ${attempt}`).toBeVisible());
        }
        await page.locator("[name=code]").fill(known.recovery[1] ?? "");
        await submit(page);
        await page.waitForURL("**/overview");
      });

      await test.step("other devices are seen and ended", async () => {
        await page.goto("/profile/access");
        const rows = page.locator('table:has(caption:has-text("Accessi aperti")) tbody tr');
        expect(await rows.count()).toBeGreaterThan(1);
        await page.getByRole("button", { name: /tutti gli altri|all others|Alle anderen/ }).click();
        await expect(page.locator("main [role=status]").first()).toBeVisible();
        await page.goto("/profile/access");
        await expect(rows).toHaveCount(1);
      });

      await test.step("the second step is turned off, the password changed back", async () => {
        await page.locator("#factor-off-password").fill(NEW_PASSWORD);
        await page.locator("form:has(#factor-off-password) button").click();
        await page.waitForURL("**/profile/access?factor=off");
        await look();
        await page.goto("/profile/access");
        await page.locator("#change-password").fill("not the present one");
        await page.locator("#change-newPassword").fill(customer.password);
        await page.locator("form:has(#change-password) button").click();
        await expect(page.locator("main [role=alert]")).toBeVisible();
        await look();
        await page.locator("#change-password").fill(NEW_PASSWORD);
        await page.locator("#change-newPassword").fill(customer.password);
        await page.locator("form:has(#change-password) button").click();
        await expect(page.locator("main [role=status]").first()).toBeVisible();
        await signOut(page);
        await signInAt(page, "/login", customer);
        await page.waitForURL("**/overview");
      });
    });
  });
}

async function submit(page: Page): Promise<void> {
  await page.locator("main form button[type=submit]").first().click();
}

async function signOut(page: Page): Promise<void> {
  await page.goto("/overview");
  await page.locator("header form button").first().click();
  await page.waitForURL("**/login");
}
