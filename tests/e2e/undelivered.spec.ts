import { expect, type Page, test } from "@playwright/test";
import { billRow } from "@/db/seed/example-papers";
import { addDays, romeDay } from "@/lib/time";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { linkIn, readDemoFile, waitForMail } from "./mailbox";
import { OperatorFiles, sportello } from "./operator";
import { openDesk, signInAt } from "./sign-in";

const COMPANY = ["--company", "valfiorita-energia"];

/** A bill that comes back: what its reader and staff see, and how both mend it. */
for (const scripts of [true, false]) {
  test.describe(scripts ? "every step in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("R17 R18 R19 R29 a bounced bill: paper, banner, passport, repair, another sending, archive, test mail", async ({
      page,
      browser,
    }) => {
      const { customers, staff, mailboxUrl } = readDemoFile();
      // In the short run another than those whose bills are counted in the other lane.
      const customer = customers[scripts ? 0 : 1];
      if (!customer) {
        throw new Error("the demo has no such customer");
      }
      const supportEmail = staff.find(({ role }) => role === "support")?.email ?? "";
      const contractNumber = customer.contracts[0] ?? "";
      const billNumber = `RESPINTA-${String(Date.now()).slice(-7)}`;
      const files = new OperatorFiles();
      const today = romeDay(new Date());
      const look = async () => {
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };

      await test.step("its mail is refused by the mailbox", async () => {
        const choice = { contract_number: contractNumber, mode: "electronic" };
        const file = files.csv("choices.csv", [
          { ...choice, email: customer.email, chosen_at: `${addDays(today, -20)}T10:00:00Z` },
        ]);
        await sportello("import", "choices", file, ...COMPANY);
        await fetch(`${mailboxUrl}/api/faults`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ kind: "bounce", count: 1, to: customer.email }),
        });
        const bill = billRow({ number: billNumber, contractNumber, issued: today });
        await sportello("import", "bills", files.csv("bill.csv", [bill]), ...COMPANY, "--single");
        await waitForMail(customer.email, /123,45/);
      });

      await test.step("the customer finds the way of the bill, and asks for a link", async () => {
        await signInAt(page, "/login", customer);
        await page.waitForURL("**/overview");
        await expect(async () => {
          await page.goto("/overview");
          await expect(page.locator("main")).toContainText(
            `Le nostre e-mail non arrivano a ${customer.email}`,
            { timeout: 1_000 },
          );
        }).toPass();
        await look();
        await page.goto("/bills");
        await page.getByRole("link", { name: billNumber }).first().click();
        await page.getByRole("link", { name: /percorso/ }).click();
        await expect(page.locator("main ol")).toContainText("Respinta dalla casella");
        await expect(page.locator("main ol")).toContainText("Passata alla carta");
        await expect(page.locator("main ol")).toContainText("Aperta nel portale");
        await look();
        await page.goto("/notifications");
        await look();
        await page
          .getByRole("link", { name: /123,45/ })
          .first()
          .click();
        await expect(page.locator("main iframe")).toBeVisible();
        await look();
        await page.goto("/delivery");
        await page.getByRole("button", { name: "Manda il link di conferma" }).click();
        await expect(page.locator("main")).toContainText("Abbiamo mandato un link");
        await look();
      });

      await test.step("staff find it on the worklist; while the address is suspended it is not sent again", async () => {
        await page.context().clearCookies();
        await openDesk(page, "support");
        await page.goto("/staff/undelivered?kind=on_paper");
        await look();
        await page.getByRole("link", { name: billNumber }).click();
        await expect(page.locator("main")).toContainText("Respinta dalla casella");
        await look();
        await page.getByRole("button", { name: "Rimanda l'e-mail" }).click();
        await answered(page, "l'indirizzo è ancora sospeso");
      });

      await test.step("the customer confirms the address", async () => {
        const mail = await waitForMail(customer.email, /Conferma che qui ricevi/);
        await page.context().clearCookies();
        await page.goto(linkIn(mail, "/confirm-address"));
        await page.locator("main form button[type=submit]").click();
        await expect(page.locator("main")).toContainText(`${customer.email} è confermato`);
      });

      await test.step("staff send it again, note the call, and look at its mail", async () => {
        await openDesk(page, "support");
        await page.goto("/staff/search");
        // A tax id gets into no address.
        await page.locator("[name=q]").fill("RSSMRA85T10A562S");
        await page.getByRole("button", { name: "Cerca" }).click();
        await expect(page.locator("main [role=alert]")).toContainText("codice fiscale");
        expect(page.url()).not.toMatch(/RSSMRA/i);
        await look();
        await page.locator("[name=q]").fill(billNumber);
        await page.getByRole("button", { name: "Cerca" }).click();
        await page.waitForURL(`**/staff/search?q=${billNumber}`);
        await look();
        await page.getByRole("link", { name: new RegExp(billNumber) }).click();
        await page.getByRole("button", { name: "Rimanda l'e-mail" }).click();
        await answered(page, "Fatto.");
        await expect(async () => {
          await page.reload();
          await expect(page.locator("main ol")).toContainText("Consegnata alla casella", {
            timeout: 1_000,
          });
        }).toPass();
        await page.locator("textarea[name=note]").fill("Ora riceve: ha liberato la casella.");
        await page.getByRole("button", { name: "Annota" }).click();
        await expect(page.locator("main")).toContainText("Ora riceve: ha liberato la casella.");
        await look();
        await page.getByRole("link", { name: "L'e-mail come partirebbe ora" }).click();
        await expect(page.locator("main iframe")).toHaveCount(2);
        await expect(page.locator("main")).toContainText("La stessa di ora.");
        await look();
        await page.getByRole("button", { name: "Manda una prova a me" }).click();
        await expect(page.locator("main")).toContainText(`La prova parte subito`);
        await waitForMail(supportEmail, /^\[Prova\] .*123,45/);
      });
    });
  });
}

/** Waits until the worker has answered the order on a bill's page. */
async function answered(page: Page, words: string) {
  await expect(async () => {
    await page.reload();
    await expect(page.locator("main")).toContainText(words, { timeout: 1_000 });
  }).toPass();
}
