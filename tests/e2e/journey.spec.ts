import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { billPdf, billRow, contractRow } from "@/db/seed/example-papers";
import { codiceFiscaleCheckLetter } from "@/lib/accounts/tax-id";
import { addDays, romeDay } from "@/lib/time";
import { expectAccessible, expectFitsNarrow } from "./accessibility";
import { linkIn, waitForMail } from "./mailbox";
import { OperatorFiles, sportello } from "./operator";
import { signInAt, signInStaff } from "./sign-in";

const SAMPLE = path.join(
  process.env.SPORTELLO_SAMPLES ?? "../shared/samples",
  "consumption/e-distribuzione-quarter-hours-2024-09.csv",
);
const COMPANY = "valfiorita-energia";
const PASSWORD = "una frase lunga per provare";

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({
      javaScriptEnabled: scripts,
      viewport: { width: scripts ? 1200 : 360, height: 800 },
    });

    test("the whole job: import, register, choose, freeze, publish, mail, bill, PDF, close, withdraw, consumption, staff, deletion (R1-R4 R7-R12 R15 R16 R18 R20-R24 R29)", async ({
      page,
      browser,
    }) => {
      const problems: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") {
          problems.push(`${page.url()}: ${message.text()}`);
        }
      });
      page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
      const look = async () => {
        // The same pages as without JavaScript: looked at twice in the full run. What was sent is waited for.
        if (scripts && !process.env.FULL) {
          await page.waitForLoadState("networkidle");
          return;
        }
        await expectAccessible(browser, page);
        await expectFitsNarrow(page);
      };

      // A customer the demo does not know, the same in each run of this journey.
      const serial = String(Date.now()).slice(-7);
      const first15 = `PRVGRN80A01H${scripts ? "5" : "6"}0${serial.slice(-1)}`;
      const taxId = first15 + codiceFiscaleCheckLetter(first15);
      const email = `giornata-${serial}@posta.example`;
      const contract = contractRow({ serial, taxId });
      const contractNumber = contract.contract_number ?? "";
      const files = new OperatorFiles();
      const company = ["--company", COMPANY];
      const today = romeDay(new Date());

      await test.step("the operator imports the contract and a past bill", async () => {
        await sportello("import", "contracts", files.csv("contracts.csv", [contract]), ...company);
        const past = billRow({ number: `P${serial}`, contractNumber, issued: addDays(today, -40) });
        await sportello("import", "bills", files.csv("past.csv", [past]), ...company, "--archive");
      });

      await test.step("the customer registers with what the bill says", async () => {
        await page.goto("/");
        await look();
        await page.getByRole("link", { name: "Registrati" }).first().click();
        await page.waitForURL("**/signup");
        await look();
        await page.goto(`/sample-bill/${COMPANY}`);
        expect(await page.locator("main mark").count()).toBe(3);
        await look();
        await page.goto("/signup");
        await chooseCompany(page);
        // A slip first: the supply point where the customer code belongs.
        await page.locator("[name=taxId]").fill(taxId.toLowerCase());
        await page.locator("[name=customerCode]").fill("IT001E12345678");
        await page.locator("[name=billNumber]").fill(`P${serial}`);
        await page.locator("[name=email]").fill(email);
        await page.locator("[name=password]").fill(PASSWORD);
        await submit(page);
        await expect(page.locator("main [role=alert]")).toContainText(/POD/);
        await look();
        await chooseCompany(page);
        await page.locator("[name=customerCode]").fill(contract.customer_code ?? "");
        await page.locator("[name=password]").fill(PASSWORD);
        await submit(page);
        await expect(page.locator("main")).toContainText(/posta|e-mail/i);
        await expect(page.locator("main [role=alert]")).toHaveCount(0);
        await look();
      });

      await test.step("opening the mail's link changes nothing, its button confirms", async () => {
        const mail = await waitForMail(email, /conferma/i);
        const link = linkIn(mail, "/confirm");
        await page.goto(link);
        await look();
        await signIn(page, email, PASSWORD);
        await expect(page.locator("main [role=alert]")).toBeVisible();
        await page.goto(link);
        await submit(page);
        await expect(page.locator("main")).toContainText(email);
        await look();
      });

      await test.step("signs in and chooses electronic", async () => {
        await signIn(page, email, PASSWORD);
        await page.waitForURL("**/overview");
        await look();
        await page.goto("/delivery");
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Modalità invio bollette");
        await look();
        await page.locator("[name=mode][value=electronic]").check();
        await page.locator("[name=acceptNotice]").check();
        await submit(page);
        await expect(page.locator("main [role=status]").first()).toBeVisible();
        await page.goto("/delivery");
        await expect(page.locator("main")).toContainText(`Oggi: Per e-mail a ${email}`);
        await look();
      });

      await test.step("takes the choice back, as long as no cut-off has passed, and makes it again", async () => {
        await page.locator("main button[name=intent][value=undo]").click();
        await look();
        await expect(page.locator("main [role=status]").first()).toBeVisible();
        await page.goto("/delivery");
        await expect(page.locator("main")).toContainText("Oggi: Su carta");
        await expect(page.locator("main button[value=undo]")).toHaveCount(0);
        await page.locator("[name=mode][value=electronic]").check();
        await page.locator("[name=acceptNotice]").check();
        await submit(page);
        await expect(page.locator("main [role=status]").first()).toBeVisible();
      });

      const run = `prova-${serial}`;
      await test.step("the operator freezes a run, exports the plan, loads and publishes", async () => {
        await sportello("run", "open", ...company, "--name", run, "--cut-off", "now");
        await sportello("run", "freeze", ...company, "--run", run);
        const plan = await sportello("run", "plan", ...company, "--run", run);
        const mine = plan.split("\n").find((line) => line.startsWith(`${contractNumber};`));
        expect(mine).toContain(`;electronic;${email};chosen;`);
        const bill = billRow({
          number: `N${serial}`,
          contractNumber,
          issued: today,
          document: `N${serial}.pdf`,
        });
        files.write(bill.document ?? "", await billPdf(bill, contract));
        const bills = files.csv("bills.csv", [bill]);
        const documents = ["--documents", files.folder];
        await sportello("import", "bills", bills, ...company, "--run", run, ...documents);
        await page.goto("/bills");
        await expect(page.locator("main")).not.toContainText(`N${serial}`);
        await sportello("run", "publish", ...company, "--run", run);
      });

      await test.step("the mail comes, its link opens the bill, the PDF is there", async () => {
        const mail = await waitForMail(email, /bolletta/i);
        expect(mail.text).toMatch(/123,45\s€/);
        await page.goto(linkIn(mail, "/bills/"));
        await expect(page.locator("main")).toContainText(`N${serial}`);
        await expect(page.locator("main")).toContainText("123,45 €");
        await look();
        const pdf = await page.request.get(`${page.url()}/pdf`);
        expect(pdf.status()).toBe(200);
        expect(pdf.headers()["content-type"]).toBe("application/pdf");
        expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");
        await page.goto("/bills");
        await expect(page.locator("main")).toContainText(`N${serial}`);
        await look();
        await expect(async () => {
          const status = await sportello("run", "status", ...company, "--run", run, "--json");
          expect(status).toMatch(/"delivered":\s*1/);
        }).toPass({ timeout: 30_000 });
      });

      await test.step("the run adds up and is closed", async () => {
        const sums = await sportello("run", "reconcile", ...company, "--run", run, "--json");
        expect(JSON.parse(sums)).toMatchObject({ delivered: 1, open: 0, balanced: true });
        await sportello("run", "close", ...company, "--run", run);
        expect(await sportello("run", "status", ...company, "--run", run)).toContain("closed");
      });

      await test.step("a wrong bill is withdrawn, its reader told, and another put in its place", async () => {
        const wrong = ["--bill", `N${serial}`, "--reason", "Lettura sbagliata."];
        await sportello("run", "withdraw", ...company, ...wrong);
        const mail = await waitForMail(email, /non vale più/i);
        await page.goto(linkIn(mail, "/bills/"));
        await expect(page.locator("main")).toContainText("Lettura sbagliata.");
        await expect(page.locator("main")).not.toContainText("123,45 €");
        await look();
        await page.goto("/bills");
        await look();
        const right = billRow({ number: `N${serial}`, contractNumber, issued: today });
        const file = files.csv("right.csv", [{ ...right, total_eur: "67,89" }]);
        await sportello("import", "bills", file, ...company, "--single");
        const again = await waitForMail(email, /bolletta di 67,89/i);
        await page.goto(linkIn(again, "/bills/"));
        await expect(page.locator("main")).toContainText("67,89 €");
      });

      await test.step("a real household's quarter-hours become consumption", async () => {
        if (!existsSync(SAMPLE)) {
          expect(process.env.SPORTELLO_SAMPLES, `${SAMPLE} must be there`).toBeUndefined();
          console.log(`Left out: ${SAMPLE} is not here.`);
          return;
        }
        const target = ["--contract", contractNumber, "--json"];
        const answer = await sportello("import", "readings", SAMPLE, ...company, ...target);
        expect(answer).toContain("269281");
        await page.goto(`/consumption?contract=${contractNumber}&view=month&date=2024-09-01`);
        for (const figure of ["269,281", "94,036", "68,086", "107,159"]) {
          await expect(page.locator("main")).toContainText(figure);
        }
        await look();
        if (scripts) {
          await expect(page.locator("main .recharts-surface").first()).toBeVisible();
          await expectAccessible(browser, page);
        }
      });

      await test.step("the other pages of the portal", async () => {
        for (const address of [
          `/consumption/statistics?contract=${contractNumber}`,
          `/consumption/export?contract=${contractNumber}`,
          `/consumption?contract=${contractNumber}&view=day&date=2024-09-02`,
          `/en/consumption?contract=${contractNumber}&view=year&date=2024-09-02`,
          "/contracts",
          "/en/bills",
          "/de/delivery",
          `/direct-debit/${COMPANY}`,
        ]) {
          await page.goto(address);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await look();
        }
        await page.goto("/contracts");
        await page.locator("main a[href*='/contracts/']").first().click();
        await page.waitForURL("**/contracts/*");
        await expect(page.locator("main")).toContainText(contractNumber);
        await look();
      });

      await test.step("staff preview the e-mail", async () => {
        const context = await browser.newContext({ javaScriptEnabled: scripts });
        const desk = await context.newPage();
        await desk.goto(new URL("/staff/emails", page.url()).href);
        await desk.waitForURL("**/staff/login");
        await signInStaff(desk, "support", desk.url());
        await desk.goto(new URL("/staff/emails", page.url()).href);
        await expectAccessible(browser, desk);
        await desk.locator("main a[href*='new-bill']").first().click();
        await desk.waitForURL("**/staff/emails**");
        const frame = desk.frameLocator("main iframe").first();
        await expect(frame.locator("body")).toContainText("€");
        for (const address of ["/staff/runs", `/staff/runs/${COMPANY}/${run}`, "/staff/delivery"]) {
          await desk.goto(new URL(address, page.url()).href);
          await expect(desk.getByRole("heading", { level: 1 })).toBeVisible();
          await expectAccessible(browser, desk);
          await expectFitsNarrow(desk);
        }
        await context.close();
      });

      await test.step("deletes the account, and nothing opens any more", async () => {
        await page.goto("/profile");
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Profilo personale");
        await look();
        await page.locator("[name=confirm]").check();
        await page.locator("form:has([name=confirm]) [name=password]").fill(PASSWORD);
        await page.locator("form:has([name=confirm]) button[type=submit]").click();
        await page.waitForURL("**/account-deleted");
        await expect(page.locator("main")).toContainText(/eliminat|cancellat/i);
        await look();
        await page.goto("/bills");
        await page.waitForURL("**/login**");
        await look();
        await signIn(page, email, PASSWORD);
        await expect(page.locator("main [role=alert]")).toBeVisible();
        await waitForMail(email, /eliminat|cancellat|chius/i);
      });

      await test.step("no log of web server or worker has ever held the e-mail or the tax id", () => {
        const logs = path.join(process.env.SPORTELLO_DATA ?? ".sportello", "logs");
        const files = readdirSync(logs);
        expect(files.join(" ")).toMatch(/web.*worker/);
        for (const file of files) {
          const text = readFileSync(path.join(logs, file), "utf8").toLowerCase();
          expect(text, file).not.toContain(email);
          expect(text, file).not.toContain(taxId.toLowerCase());
        }
      });

      expect(problems).toEqual([]);
    });
  });
}

async function submit(page: Page): Promise<void> {
  await page.locator("main form button[type=submit]").first().click();
}

async function chooseCompany(page: Page): Promise<void> {
  const select = page.locator("select[name=company]");
  if ((await select.count()) > 0) {
    await select.selectOption(COMPANY);
  } else {
    await page.locator(`[name=company][value=${COMPANY}]`).check();
  }
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await signInAt(page, "/login", { email, password });
}
