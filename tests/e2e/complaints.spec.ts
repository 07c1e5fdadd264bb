import { expect, type Page, test } from "@playwright/test";
import { readDemoFile, waitForMail } from "./mailbox";
import { signInAt } from "./sign-in";

const submit = (page: Page) => page.locator("main form button[type=submit]").first().click();

for (const scripts of [false, true]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("R29 R3 anybody complains, keeps the receipt, and nobody else reads it", async ({
      page,
      browser,
    }) => {
      const { companies, url } = readDemoFile();
      const email = `reclamo-${Date.now()}@posta.example`;
      await page.goto("/complaints");
      await submit(page);
      await expect(page.locator("main").getByRole("alert")).toContainText("indirizzo postale");
      await page.locator("[name=company]").selectOption(companies[0] ?? "");
      await page.locator("[name=commodity]").selectOption("electricity");
      await page.locator("[name=message]").fill("La bolletta conta due volte gli stessi giorni.");
      await page.locator("[name=name]").fill("Ada Prova");
      await page.locator("[name=email]").fill(email);
      await submit(page);
      await page.waitForURL("**/receipt/**");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(
        "Abbiamo ricevuto il tuo reclamo",
      );
      const main = await page.locator("main").innerText();
      const code = /RE-[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(main)?.[0] ?? "none";
      const copy = await page.request.get(`${page.url()}/copy`);
      expect(copy.headers()["content-type"]).toBe("application/pdf");
      const stranger = await browser.newContext({ baseURL: url });
      const there = await stranger.newPage();
      await there.goto(new URL(page.url()).pathname);
      await expect(there).toHaveURL(/\/login\?next=/);
      await stranger.close();
      const { subject } = await waitForMail(email, /ricevuta/);
      expect(subject).toBe(`Il tuo reclamo ${code}: ricevuta`);
    });

    test("R28 a customer asks about one of their supplies, and finds it again", async ({
      page,
    }) => {
      const [customer] = readDemoFile().customers;
      await signInAt(page, "/login?next=/contact", customer ?? { email: "", password: "" });
      await page.waitForURL("**/contact");
      await page.locator("[name=contractId]").selectOption({ index: 1 });
      await page.locator("[name=topic]").selectOption("bills");
      await page.locator("[name=message]").fill("Posso pagare in più rate?");
      await submit(page);
      await page.waitForURL("**/receipt/**");
      const main = await page.locator("main").innerText();
      const code = /DO-[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(main)?.[0] ?? "none";
      await page.goto("/contact");
      await page.getByRole("link", { name: code }).click();
      await expect(page.locator("main")).toContainText("Posso pagare in più rate?");
    });
  });
}

test.describe("posted by a browser without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("R17 a form posted twice at once is one complaint, which its sender can read", async ({
    page,
    request,
  }) => {
    const { companies, url } = readDemoFile();
    await page.goto("/complaints");
    const form = page.locator("main form").first();
    const hidden = await form
      .locator("input[type=hidden]")
      .evaluateAll((inputs: HTMLInputElement[]) => inputs.map(({ name, value }) => [name, value]));
    const post = () =>
      request.post("/complaints", {
        headers: { origin: url },
        maxRedirects: 0,
        multipart: {
          ...Object.fromEntries(hidden),
          ...{ company: companies[0] ?? "", commodity: "gas", name: "Ada Prova" },
          message: "La bolletta conta due volte gli stessi giorni.",
          postalAddress: "Via Inventata 1, 00100 Roma",
        },
      });
    const answers = await Promise.all([post(), post()]);
    const [first, second] = answers.map((answer) => answer.headers().location ?? "none");
    expect(first).toMatch(/\/receipt\/[\da-f-]{36}$/);
    expect(second).toBe(first);
    expect((await request.get(first ?? "")).status()).toBe(200);
  });
});
