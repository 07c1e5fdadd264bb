import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { LANGUAGES } from "@/lib/i18n/languages";
import { readDemoFile } from "./mailbox";
import { openDesk } from "./sign-in";

const BILLS = ["new-bill", "closing-bill", "credit-note", "notice"];
const THEMES = ["light", "dark"] as const;

/** Best practices of pages, which a mail is none of: it has no landmarks, and its program gives the title. */
const NOT_OF_MAILS = ["region", "landmark-one-main"];

async function signedIn(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ baseURL: readDemoFile().url });
  await openDesk(page, "support");
  return page;
}

/**
 * Looks at a mail as a mail program shows it on a narrow phone: accessible by axe, in its theme's colours,
 * nothing sticking out, nothing loaded, and all of it there with images off since it has none.
 */
async function expectGoodMail(browser: Browser, staff: Page, address: string): Promise<void> {
  const answer = await staff.request.get(address);
  expect(answer.status(), address).toBe(200);
  const html = await answer.text();
  const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
  try {
    const page = await context.newPage();
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    await page.setContent(html, { waitUntil: "load" });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `sideways scroll at 320 px of ${address}`).toBeLessThanOrEqual(0);
    expect(await page.locator("img, video, picture, svg").count(), address).toBe(0);
    expect(loaded, address).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).disableRules(NOT_OF_MAILS).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    expect(found, `accessibility of ${address}`).toEqual([]);
  } finally {
    await context.close();
  }
}

test("R16 R29 a bill's mail and an account's on a phone, light and dark", async ({ browser }) => {
  const staff = await signedIn(browser);
  for (const theme of THEMES) {
    for (const template of ["new-bill", "address-suspended"]) {
      await expectGoodMail(browser, staff, `/staff/emails/${template}?theme=${theme}`);
    }
  }
  await staff.close();
});

/** `npm run test:full`: every template in each language, theme and company. */
for (const language of LANGUAGES) {
  test(`R16 R29 every mail in ${language}`, async ({ browser }) => {
    const staff = await signedIn(browser);
    await staff.goto("/staff/emails");
    const templates = await staff
      .locator("select[name=template] option")
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    expect(templates).toEqual(expect.arrayContaining(BILLS));
    for (const company of readDemoFile().companies) {
      for (const theme of THEMES) {
        for (const template of templates) {
          const query = new URLSearchParams({ language, theme, company });
          await expectGoodMail(browser, staff, `/staff/emails/${template}?${query}`);
        }
      }
    }
    await staff.close();
  });
}
