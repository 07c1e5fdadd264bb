import { expect, type Page, test } from "@playwright/test";
import { contractRow, csvText } from "@/db/seed/example-papers";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { readDemoFile } from "./mailbox";
import { openDesk } from "./sign-in";

for (const scripts of [true, false]) {
  test.describe(scripts ? "every step in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("R21 R29 an operator sends a file, sees what it would do, applies it; a faulty one is told by line", async ({
      page,
      browser,
    }) => {
      const look = async () => {
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };
      const serial = String(Date.now()).slice(-7);
      await openDesk(page, "operator");
      await page.goto("/staff/imports");
      await look();
      await send(page, contracts(serial), { dryRun: true });
      await page.waitForURL(/\/staff\/imports\/[0-9a-f-]{36}$/);
      await untilState(page, "controllato, da applicare");
      await look();
      await page.getByRole("button", { name: "Applica" }).click();
      await expect(page.locator("main")).toContainText("Richiesta ricevuta");
      await untilState(page, "fatto");
      await look();
      await page.goto("/staff/imports");
      await expect(page.locator("main table")).toContainText("contratti.csv");
      await send(page, contracts(serial, "2026-02-31"));
      await page.waitForURL(/\/staff\/imports\/[0-9a-f-]{36}$/);
      await untilState(page, "non riuscito");
      await expect(page.locator("main table")).toContainText("starts_on");
      await look();
      const errors = await page.request.get(`${page.url()}/errors.csv`);
      expect(errors.status()).toBe(200);
      expect(await errors.text()).toContain("2026-02-31");
    });

    test("a file of 9 MB comes in to its last line; a larger one is refused in words", async ({
      page,
    }) => {
      await openDesk(page, "operator");
      await page.goto("/staff/imports");
      const [header = "", row = ""] = contracts("0000001", "2026-02-31").split("\n");
      const empty = 8_900_000 - header.length;
      await send(page, `${header}\n${"\n".repeat(empty)}${row}\n`);
      await page.waitForURL(/\/staff\/imports\/[0-9a-f-]{36}$/);
      await untilState(page, "non riuscito");
      const errors = await page.request.get(`${page.url()}/errors.csv`);
      expect(await errors.text()).toContain(String(empty + 2));
      await page.goto("/staff/imports");
      await send(page, "\n".repeat(9_600_000));
      await page.waitForURL(/\/staff\/imports\?problem=too_large$/);
      await expect(page.locator("main")).toContainText("Il file è troppo grande");
    });

    test("R28 support sees no imports and sends none", async ({ page }) => {
      await openDesk(page, "support");
      await page.goto("/staff/imports");
      await expect(page.locator("main")).toContainText("degli operatori");
      const sent = await page.request.post("/staff/imports/upload", {
        multipart: { kind: "contracts", company: readDemoFile().companies[0] ?? "" },
        headers: { "sec-fetch-site": "same-origin" },
        maxRedirects: 0,
      });
      expect(sent.status()).toBe(403);
    });
  });
}

/** One contract more of the invented person, as the billing system writes it. */
const contracts = (serial: string, starts = "2026-01-01"): string =>
  csvText([{ ...contractRow({ serial, taxId: "PRVGRN80A41H501T" }), starts_on: starts }]);

async function send(page: Page, text: string, { dryRun = false } = {}): Promise<void> {
  const form = page.locator("form[enctype='multipart/form-data']");
  await form.locator("[name=company]").selectOption(readDemoFile().companies[0] ?? "");
  await form.locator("[name=kind]").selectOption("contracts");
  await form
    .locator("[name=file]")
    .setInputFiles({ name: "contratti.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  if (dryRun) {
    await form.locator("[name=dryRun]").check();
  }
  await form.getByRole("button", { name: "Manda il file" }).click();
}

/** The worker does its part; without JavaScript the page is asked for again. */
async function untilState(page: Page, state: string): Promise<void> {
  await expect(async () => {
    await page.goto(page.url());
    await expect(page.locator("main dl")).toContainText(state, { timeout: 500 });
  }).toPass({ timeout: 60_000 });
}
