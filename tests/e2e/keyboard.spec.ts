import { expect, type Locator, type Page, test } from "@playwright/test";
import { billRow, contractRow } from "@/db/seed/example-papers";
import { codiceFiscaleCheckLetter } from "@/lib/accounts/tax-id";
import { addDays, romeDay } from "@/lib/time";
import { superuser } from "./authorisation/database";
import { expectFocusIn, pressOn, tabTo, typeInto } from "./keyboard";
import { linkIn, readDemoFile, waitForMail } from "./mailbox";
import { OperatorFiles, sportello } from "./operator";

const COMPANY = "valfiorita-energia";
const PASSWORD = "una frase lunga per provare";
/** A phone's width: its bar of tabs lies over the page, and must not hide what has the focus. */
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

const link = (page: Page, path: string) => page.locator(`main a[href*='${path}']`).first();
const field = (page: Page, name: string) => page.locator(`main form [name=${name}]`).first();

async function signIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.goto("/login");
  await typeInto(page, field(page, "email"), who.email);
  await typeInto(page, field(page, "password"), who.password);
  await page.keyboard.press("Enter");
  await arrive(page, "**/overview");
}

/** A page that the browser's router opened: the focus has left the old one and is at the new content. */
async function arrive(page: Page, address: string): Promise<void> {
  await page.waitForURL(address);
  await expectFocusIn(page.locator("#content"));
}

/** The answer to a form has the focus: whoever cannot see it hears it, and goes on from there. */
async function expectAnswer(page: Page, role: "alert" | "status"): Promise<void> {
  const answer = page.locator(`main div:has(> [role=${role}])`).first();
  await expect(answer).toBeVisible();
  await expectFocusIn(answer);
}

/** The first line of the list of errors leads to its field. */
async function followFirstError(page: Page, name: string): Promise<void> {
  await expectAnswer(page, "alert");
  await pressOn(page, page.locator("main [role=alert] a").first());
  await expect(field(page, name)).toBeFocused();
}

/** Down the list until it says what is wanted. */
async function choose(page: Page, select: Locator, value: string): Promise<void> {
  await tabTo(page, select);
  await page.keyboard.press("Home");
  const options = await select.locator("option").count();
  for (let at = 0; at < options && (await select.inputValue()) !== value; at += 1) {
    await page.keyboard.press("ArrowDown");
  }
  await expect(select).toHaveValue(value);
}

/** The skip link is the first stop of a page that was just opened, and leads past the navigation. */
async function skipToContent(page: Page): Promise<void> {
  await page.keyboard.press("Tab");
  const skip = page.locator("a[href='#content']");
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expectFocusIn(page.locator("#content"));
}

for (const viewport of [PHONE, DESK]) {
  const where = viewport === PHONE ? "on a phone" : "every step in a desk's width";

  test.describe(`R29 by keyboard alone, ${where}`, () => {
    test.use({ viewport });

    test("the latest bill is found and opened, past the navigation", async ({ page }) => {
      const [customer] = readDemoFile().customers;
      await signIn(page, customer ?? { email: "", password: "" });
      await page.goto("/overview");
      await skipToContent(page);
      await pressOn(page, link(page, "/bills/"));
      await arrive(page, "**/bills/*");
      const pdf = link(page, "/pdf");
      await tabTo(page, pdf);
      const asked = page.waitForRequest("**/pdf");
      await page.keyboard.press("Enter");
      await asked;
    });
  });
}

test.describe("R29 by keyboard alone, every step in JavaScript", () => {
  test.use({ viewport: PHONE });

  test("somebody registers, and deletes the account", async ({ page }) => {
    const serial = String(Date.now()).slice(-7);
    const first15 = `PRVGRN80A01H70${serial.slice(-1)}`;
    const taxId = first15 + codiceFiscaleCheckLetter(first15);
    const email = `tastiera-${serial}@posta.example`;
    const contract = contractRow({ serial, taxId });
    const bill = billRow({
      ...{ number: `P${serial}`, contractNumber: contract.contract_number ?? "" },
      issued: addDays(romeDay(new Date()), -40),
    });
    const files = new OperatorFiles();
    const company = ["--company", COMPANY];
    await sportello("import", "contracts", files.csv("contracts.csv", [contract]), ...company);
    await sportello("import", "bills", files.csv("past.csv", [bill]), ...company, "--archive");

    await test.step("a slip is told, its line leads to the field", async () => {
      await page.goto("/");
      await skipToContent(page);
      await pressOn(page, link(page, "/signup"));
      await arrive(page, "**/signup");
      await choose(page, field(page, "company"), COMPANY);
      await typeInto(page, field(page, "taxId"), taxId);
      await typeInto(page, field(page, "customerCode"), "IT001E12345678");
      await typeInto(page, field(page, "billNumber"), `P${serial}`);
      await typeInto(page, field(page, "email"), email);
      await typeInto(page, field(page, "password"), PASSWORD);
      await page.keyboard.press("Enter");
      await followFirstError(page, "customerCode");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type(contract.customer_code ?? "");
      await typeInto(page, field(page, "password"), PASSWORD);
      await page.keyboard.press("Enter");
      await arrive(page, "**/signup/sent");
    });

    await test.step("the mail's link confirms by its button", async () => {
      await page.goto(linkIn(await waitForMail(email, /conferma/i), "/confirm"));
      await pressOn(page, page.locator("main form button[type=submit]").first());
      await expect(page.locator("main")).toContainText(email);
    });

    await test.step("the account is deleted; without a password it is not", async () => {
      await signIn(page, { email, password: PASSWORD });
      await pressOn(page, page.locator("nav summary").last());
      await pressOn(page, page.locator("nav details a[href$='/profile']").last());
      await arrive(page, "**/profile");
      const form = page.locator("main form:has([name=confirm])");
      await pressOn(page, form.locator("button[type=submit]"));
      await expectAnswer(page, "alert");
      await typeInto(page, form.locator("[name=password]"), PASSWORD);
      await pressOn(page, form.locator("[name=confirm]"), "Space");
      await pressOn(page, form.locator("button[type=submit]"));
      await arrive(page, "**/account-deleted");
    });
  });

  test("the delivery mode is changed, and changed back", async ({ page }) => {
    const customer = readDemoFile().customers[6];
    await signIn(page, customer ?? { email: "", password: "" });
    await pressOn(page, page.locator("nav a[href$='/delivery']").last());
    await arrive(page, "**/delivery");
    const form = page
      .locator("main section", { hasText: customer?.contracts[0] ?? "" })
      .locator("form:has([name=acceptNotice])")
      .first();
    const chosen = form.locator("[name=mode]:checked");
    await tabTo(page, chosen);
    const before = await chosen.inputValue();
    const turn = async () => {
      const paper = (await chosen.inputValue()) === "paper";
      await page.keyboard.press(paper ? "ArrowUp" : "ArrowDown");
      await expect(chosen).toHaveValue(paper ? "electronic" : "paper");
      if (paper) {
        await pressOn(page, form.locator("[name=acceptNotice]"), "Space");
      }
      await pressOn(page, form.locator("button[type=submit]").first());
      await expectAnswer(page, "status");
    };
    await turn();
    await page.goto("/delivery");
    await tabTo(page, chosen);
    await turn();
    await page.goto("/delivery");
    await expect(chosen).toHaveValue(before);
  });

  test("a self-reading is told, after a count that is none", async ({ page }) => {
    // The one with a meter that nobody reads from afar.
    const customer = readDemoFile().customers[2];
    await signIn(page, customer ?? { email: "", password: "" });
    await pressOn(page, page.locator("nav a[href$='/consumption']").last());
    await arrive(page, "**/consumption");
    await pressOn(page, link(page, "/consumption/self-reading"));
    await arrive(page, "**/self-reading**");
    const water = page.locator("main a[href*='contract=']", { hasText: /acqua/i }).first();
    await pressOn(page, water);
    await expect(water).toHaveAttribute("aria-current");
    await expectFocusIn(page.locator("#content"));
    await typeInto(page, field(page, "count"), "molto");
    await page.keyboard.press("Enter");
    await followFirstError(page, "count");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("1234,567");
    await page.keyboard.press("Enter");
    await arrive(page, "**/self-reading/AL-*");
    // Other journeys tell a count of the same meter.
    const database = await superuser();
    const code = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await database.sql`delete from self_readings where receipt_code = ${code}`;
    await database.close();
  });
});
