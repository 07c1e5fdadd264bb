import { createHash, randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { unusedCode } from "@/tests/factories/totp";
import { superuser } from "./authorisation/database";
import { readDemoFile } from "./mailbox";

/** Fills in e-mail and password at a login page and sends them. */
export async function signInAt(
  page: Page,
  address: string,
  who: { email: string; password: string },
): Promise<void> {
  await page.goto(address);
  await page.locator("[name=email]").fill(who.email);
  await page.locator("[name=password]").fill(who.password);
  await page.locator("main form button[type=submit]").first().click();
}

/** Signs a member of the demo's staff in, with the code of their app, and waits for the desk. */
export async function signInStaff(
  page: Page,
  role: string,
  address = "/staff/login",
): Promise<void> {
  const member = readDemoFile().staff.find((one) => one.role === role);
  if (!member) {
    throw new Error(`the demo has nobody who is ${role}`);
  }
  await signInAt(page, address, member);
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await page.waitForURL("**/login/code**");
    await page.locator("[name=code]").fill(await unusedCode(member.totpSecret));
    await page.locator("main form button[type=submit]").first().click();
    const refused = page.locator("main [role=alert]");
    await Promise.race([page.waitForURL("**/staff"), refused.waitFor()]);
    if (page.url().endsWith("/staff")) {
      return;
    }
  }
  throw new Error(`${role} did not get in`);
}

/**
 * Opens the desk past the forms, for journeys that are not about getting in: an app shows a new code every 30 s,
 * and each counts once.
 */
export async function openDesk(page: Page, role: string): Promise<void> {
  const { url, staff } = readDemoFile();
  const { email } = staff.find((one) => one.role === role) ?? { email: "" };
  const secret = randomBytes(32).toString("base64url");
  const database = await superuser();
  await database.sql`insert into sessions (token_hash, staff_id, expires_at)
    select ${createHash("sha256").update(secret).digest()}, id, now() + interval '1 hour'
    from staff where email = ${email}`;
  await database.close();
  await page
    .context()
    .addCookies([
      { name: "sportello.session", value: secret, url, httpOnly: true, sameSite: "Lax" },
    ]);
  await page.goto(`${url}/staff`);
}
