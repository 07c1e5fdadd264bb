import { expect, type Page, test } from "@playwright/test";
import { codeOfStepBefore, unusedCode } from "@/tests/factories/totp";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { linkIn, readDemoFile, waitForMail } from "./mailbox";
import { openDesk, signInAt, signInStaff } from "./sign-in";

/** What belongs to an account, and those who look after accounts. */
for (const scripts of [true, false]) {
  test.describe(scripts ? "every step in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("R5 R29 a contract is removed, proposed and added again; another tax id is refused", async ({
      page,
      browser,
    }) => {
      const customer = readDemoFile().customers[scripts ? 4 : 5];
      const number = customer?.contracts[0] ?? "";
      const look = async () => {
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };
      await signInAt(page, "/login", customer ?? { email: "", password: "" });
      await page.waitForURL("**/overview");
      await page.goto("/contracts");
      await page.getByRole("link", { name: new RegExp(number) }).click();
      await page.waitForURL("**/contracts/*");
      await page.locator("main a[href$='/remove']").click();
      await page.waitForURL("**/remove");
      await expect(page.locator("main table")).toContainText(number);
      await look();
      await submit(page);
      await page.waitForURL("**/contracts?removed=done");
      await look();
      await page.getByRole("button", { name: `Aggiungi il contratto ${number}` }).click();
      await expect(page.locator("main [role=status]").first()).toBeVisible();
      await waitForMail(customer?.email ?? "", new RegExp(number));
      await page.goto("/contracts");
      await expect(page.getByRole("link", { name: new RegExp(number) })).toBeVisible();
      await page.locator("main a[href$='/contracts/add']").click();
      await page.waitForURL("**/contracts/add");
      const other = readDemoFile().unregistered.find(({ mandate }) => mandate);
      await page.locator("[name=company]").selectOption(other?.company ?? "");
      await page.locator("[name=taxId]").fill(other?.taxId ?? "");
      await page.locator("[name=customerCode]").fill(other?.customerCode ?? "");
      await page.locator("[name=billNumber]").fill(other?.billNumber ?? "");
      await submit(page);
      await expect(page.locator("main [role=alert]")).toContainText("un altro codice fiscale");
      await look();
    });

    test("R3 R6 R29 staff see why nobody got in, end sessions, begin a release; a colleague is invited", async ({
      page,
      browser,
    }) => {
      const look = async () => {
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };
      const [company = ""] = readDemoFile().companies;
      const stranger = `sconosciuto-${Date.now()}@posta.example`;

      await test.step("a registration that finds nothing is among the attempts, masked", async () => {
        await page.goto("/signup");
        await page.locator("select[name=company]").selectOption(company);
        await page.locator("[name=taxId]").fill("RSSMRA85T10A562X");
        await page.locator("[name=customerCode]").fill("710009999");
        await page.locator("[name=billNumber]").fill("NON-ESISTE-1");
        await page.locator("[name=email]").fill(stranger);
        await page.locator("[name=password]").fill("una frase lunga per provare");
        await submit(page);
        await page.waitForURL("**/signup/sent");
        // Its check letter is wrong: no hindrance, and told by e-mail alone (R1, R3).
        const answer = await waitForMail(stranger, /non corrispondono/);
        expect(answer.text).toContain("l'ultimo carattere");
        await page.locator("[name=email]").fill(stranger);
        await submit(page);
        await expect(page.locator("main [role=status]")).toBeVisible();
        await look();
        await openDesk(page, "support");
        await page.goto("/staff/attempts");
        await expect(page.locator("main table")).toContainText("s•••@posta.example");
        await expect(page.locator("main")).not.toContainText("RSSMRA85T10A562X");
        await look();
        await page.locator("[name=q]").fill(stranger);
        await page.locator("form:has([name=q]) button").click();
        await page.waitForURL("**/staff/attempts?like=**");
        expect(page.url()).not.toContain("sconosciuto");
        await look();
      });

      await test.step("a customer's access, and a release that one person alone cannot finish", async () => {
        const customer = readDemoFile().customers[2];
        await page.goto(`/staff/search?q=${customer?.contracts[0]}`);
        await page.locator("main a[href*='/staff/accounts/']").first().click();
        await page.waitForURL("**/staff/accounts/*");
        await expect(page.locator("main")).not.toContainText(customer?.email ?? "");
        await look();
        await page.locator("form:has([name=accountId]):not(:has([name=reason])) button").click();
        await page.waitForURL("**?did=sessions");
        await page.locator("[name=reason]").fill("Casella chiusa dal gestore");
        await page.locator("form:has([name=reason]) button").click();
        await page.waitForURL("**/staff/releases/*");
        await look();
        const letter = await page.request.get(`${page.url()}/letter`);
        expect(letter.status()).toBe(200);
        expect(letter.headers()["content-type"]).toContain("application/pdf");
        await page.goto("/staff/releases");
        await look();
        await page.goBack();
        await page.waitForURL("**/staff/releases/*");
        await page.getByRole("button", { name: /Ferma la liberazione/ }).click();
        await expect(page.locator("main")).toContainText(/Fermata/);
      });

      await test.step("an admin invites a colleague, who sets a password and an app", async () => {
        await page.context().clearCookies();
        await signInStaff(page, "admin");
        await page.goto("/staff/people");
        await look();
        const colleague = `collega-${Date.now()}@gruppo-valfiorita.example`;
        await page.locator("form:has([name=name]) [name=email]").fill(colleague);
        await page.locator("form:has([name=name]) [name=name]").fill("Carla Collega");
        await page.locator("form:has([name=name]) [name=role]").selectOption("support");
        await page.locator("form:has([name=name]) button[type=submit]").click();
        await page.waitForURL("**?did=invited");
        const link = linkIn(await waitForMail(colleague, /password/), "/reset-password");
        await page.context().clearCookies();
        await page.goto(link);
        await page.locator("[name=newPassword]").fill("nove gabbiani sul molo");
        await submit(page);
        await page.waitForURL("**/staff/login?reset=done");
        await signInAt(page, "/staff/login", {
          email: colleague,
          password: "nove gabbiani sul molo",
        });
        await page.waitForURL("**/staff/second-factor");
        await look();
        await page.goto("/staff/runs");
        await page.waitForURL("**/staff/login");
        await page.goto("/staff/second-factor");
        const key = await page.locator("main ol .font-mono").textContent();
        const secret = (key ?? "").replace(/\s/g, "");
        await page.locator("[name=code]").fill(await codeOfStepBefore(secret, 15));
        await submit(page);
        await expect(page.locator("main ul.font-mono li")).toHaveCount(10);
        await page.goto("/staff/people");
        await expect(page.locator("main")).toContainText(/amministra/i);
        await page.context().clearCookies();
        await signInAt(page, "/staff/login", {
          email: colleague,
          password: "nove gabbiani sul molo",
        });
        await page.waitForURL("**/login/code");
        await page.locator("[name=code]").fill(await unusedCode(secret));
        await submit(page);
        await page.waitForURL("**/staff");
      });
    });
  });
}

async function submit(page: Page): Promise<void> {
  await page.locator("main form button[type=submit]").first().click();
}
