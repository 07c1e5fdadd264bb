import { expect, type Page, test } from "@playwright/test";
import { exif, GPS_WORDS, JPEG, makeJpeg } from "../factories/photos";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { readDemoFile } from "./mailbox";
import { openDesk, signInAt } from "./sign-in";

/** From the meter to the decision, as customer and desk see it. */
const LARGE = 12 * 1024 * 1024;

for (const scripts of [true, false]) {
  test.describe(scripts ? "a self-reading in JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("R28 R29 is told, gets a photo, is refused with a reason and seen by nobody else", async ({
      page,
      browser,
      baseURL,
    }) => {
      const { customers } = readDemoFile();
      const [other, , customer] = customers;
      if (!customer || !other) {
        throw new Error("the demo has no such customer");
      }
      const water = customer.contracts[2] ?? "";
      const look = async (at: Page) => {
        await expectAccessible(browser, at);
        await expectFitsNarrow(at);
      };
      const list = `/consumption/self-reading?contract=${water}`;
      await signInAt(page, "/login", customer);
      await page.waitForURL("**/overview");
      await page.goto(list);
      await page.locator("[name=count]").fill("1234,567");
      await page.locator("main form button[type=submit]").first().click();
      await page.waitForURL("**/self-reading/AL-*");
      const receipt = new URL(page.url()).pathname;
      const code = receipt.split("/").at(-1) ?? "";
      await look(page);

      const send = async (name: string, buffer: Buffer) => {
        await page.goto(receipt);
        await page.locator("[name=photo]").setInputFiles({ name, mimeType: "image/jpeg", buffer });
        await page.locator("#photo form button").click();
        await page.waitForURL("**?photo=*");
      };
      await test.step("a photo that is too large, or none at all, is refused in a sentence", async () => {
        // No browser can draw it smaller.
        const large = Buffer.concat([makeJpeg().subarray(0, 4), Buffer.alloc(LARGE)]);
        await send("grande.jpg", large);
        await expect(page.locator("#upload-photo-error")).toContainText("8 MB");
        await look(page);
        await send("pagina.jpg", Buffer.from("<script>alert(1)</script>"));
        await expect(page.locator("#upload-photo-error")).toContainText("JPEG");
        await send("IMG_1.HEIC", Buffer.from("\0\0\0\x1cftypheic\0\0\0\0mif1", "latin1"));
        await expect(page.locator("#upload-photo-error")).toContainText("HEIC");
      });

      await test.step("a photo is kept without its place, for its customer and the desk", async () => {
        const photo = makeJpeg([JPEG.segment(0xe1, exif(1))]);
        // With scripts one of too many bytes is drawn smaller before it is sent.
        await send("IMG_1.jpg", scripts ? Buffer.alloc(LARGE, photo) : photo);
        const image = page.locator("#photo img");
        await expect(image).toBeVisible();
        await expect
          .poll(() => image.evaluate((node: HTMLImageElement) => node.naturalWidth))
          .toBe(8);
        const kept = await page.request.get(`${receipt}/photo`);
        expect(kept.headers()).toMatchObject({
          "content-type": "image/jpeg",
          "x-content-type-options": "nosniff",
          "cache-control": "private, no-store",
        });
        expect(kept.headers()["content-security-policy"]).toContain("sandbox");
        expect((await kept.body()).includes(GPS_WORDS)).toBe(false);
        await look(page);
      });

      await test.step("another customer finds neither receipt nor photo", async () => {
        const context = await browser.newContext({ baseURL });
        const theirs = await context.newPage();
        await signInAt(theirs, "/login", other);
        await theirs.waitForURL("**/overview");
        for (const path of [receipt, `${receipt}/photo`]) {
          expect((await theirs.request.get(path)).status()).toBe(404);
        }
        await context.close();
      });

      await test.step("an operator refuses it with a reason, which the customer reads", async () => {
        const context = await browser.newContext({
          ...{ baseURL, javaScriptEnabled: scripts, viewport: page.viewportSize() },
        });
        const desk = await context.newPage();
        await openDesk(desk, "operator");
        await desk.goto("/staff/self-readings");
        await look(desk);
        await desk.locator(`main a[href$='${code}']`).click();
        await desk.waitForURL(`**/${code}`);
        await expect(desk.locator("main img")).toBeVisible();
        const refusal = desk.locator("form:has([value=refused])");
        await refusal.locator("button").click();
        await expect(desk.locator("main [role=alert]").first()).toBeVisible();
        await look(desk);
        await refusal.locator("[value=other_meter]").check();
        await refusal.locator("button").click();
        await expect(desk.locator("form:has([value=refused])")).toHaveCount(0);
        await expect(desk.locator("main dl")).toContainText("altro contatore");
        await look(desk);
        await context.close();
        await page.goto(receipt);
        await expect(page.locator("main")).toContainText("altro contatore");
        await expect(page.locator("[name=photo]")).toHaveCount(0);
        await look(page);
        await page.goto(list);
        await expect(page.locator("main table")).toContainText("altro contatore");
        await look(page);
      });
    });
  });
}
