import { expect, test } from "@playwright/test";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { readDemoFile } from "./mailbox";
import { signInAt } from "./sign-in";

/** What customers do with what is theirs: overview, archive, a bill, a contract. */
for (const scripts of [true, false]) {
  test.describe(scripts ? "every step in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
      colorScheme: scripts ? "dark" : "light",
    });

    test("R26 R29 the overview, the archive by filter and page, its files, a bill, a contract", async ({
      page,
      browser,
    }) => {
      const [customer] = readDemoFile().customers;
      if (!customer) {
        throw new Error("the demo has no such customer");
      }
      const look = async () => {
        await expectAccessible(browser, page, scripts ? "dark" : "light");
        await expectFitsNarrow(page);
      };
      const rows = page.locator("main tbody tr");
      const file = async (path: string) => {
        const answer = await page.request.get(path);
        return { answer, body: await answer.body() };
      };
      await signInAt(page, "/login", customer);
      await page.waitForURL("**/overview");

      await test.step("the overview tells what is due and how the month went", async () => {
        await expect(page.getByRole("heading", { name: "Scadenze" })).toBeVisible();
        await look();
      });

      await test.step("pages of the archive follow one another, there and back", async () => {
        await page.goto("/bills");
        await look();
        const first = await rows.first().innerText();
        await page.getByRole("link", { name: "Precedenti" }).click();
        await page.waitForURL("**after=**");
        await expect(rows.first()).not.toHaveText(first);
        await page.getByRole("link", { name: "Più recenti" }).click();
        await page.waitForURL("**before=**");
        await expect(rows).toHaveCount(24);
        expect(await rows.first().innerText()).toBe(first);
      });

      await test.step("a filter stands in the address, and its files are of the same bills", async () => {
        await page.goto("/bills");
        await page.locator("summary", { hasText: "Altri filtri" }).click();
        await page.getByLabel("Anno di emissione").selectOption("2025");
        await page.getByLabel("Contratto").selectOption({ index: 1 });
        await page.getByRole("button", { name: "Applica" }).click();
        await page.waitForURL("**year=2025**");
        await expect(page.locator("main")).toContainText("Vedi solo: 2025");
        await look();
        const shown = await rows.count();
        expect(shown).toBeGreaterThan(0);
        const query = new URL(page.url()).search;
        const list = await file(`/bills/list.csv${query}`);
        expect(list.body.toString().trim().split("\r\n")).toHaveLength(shown + 1);
        const pdfs = await file(`/bills/pdfs.zip${query}`);
        expect(pdfs.body.subarray(0, 2).toString()).toBe("PK");
        for (const { answer } of [list, pdfs]) {
          expect(answer.headers()["cache-control"]).toBe("private, no-store");
        }
      });

      await test.step("what nobody finds leads back to all", async () => {
        await page.getByLabel("Cerca").fill("zzz");
        await page.getByRole("button", { name: "Cerca" }).click();
        await page.waitForURL("**q=zzz**");
        await look();
        expect((await file("/bills/pdfs.zip?q=zzz")).answer.status()).toBe(404);
        await page.getByRole("link", { name: "Mostra tutte le bollette" }).click();
        await page.waitForURL("**/bills");
        await expect(rows).toHaveCount(24);
      });

      await test.step("a bill says what changed, a contract's sheet leads to its bills", async () => {
        await rows.first().getByRole("link").click();
        await page.waitForURL(/bills\/[0-9a-f-]+$/);
        await expect(
          page.getByRole("heading", { name: "Che cosa è cambiato dalla bolletta precedente" }),
        ).toBeVisible();
        await look();
        await page.goto("/contracts");
        await page.getByRole("link", { name: "Scheda" }).first().click();
        await page.waitForURL(/contracts\/[0-9a-f-]+$/);
        await look();
        await page.getByRole("link", { name: "Cercale e filtrale nell'archivio" }).click();
        await page.waitForURL("**contract=**");
        await expect(page.locator("main")).toContainText("Vedi solo: ");
      });
    });
  });
}
