import type { Page } from "@playwright/test";
import type { PageWorld, Visitor } from "./visitors";

/** What a page can look like besides what its address shows to whom it is made for. */
export interface State {
  /** In the names of screenshots: small letters and hyphens. */
  name: string;
  visitor?: Visitor;
  at?: string | ((world: PageWorld) => string);
  /** Brings the opened page into this state: the same with and without JavaScript. */
  act?: (page: Page) => Promise<void>;
}

/** Sends a form as it stands, or with these fields, and waits for the list of what is wrong. */
const refused = (form = "main form", fields: Record<string, string> = {}): State => ({
  name: "refused",
  act: async (page) => {
    const sent = page.locator(form).first();
    for (const [name, value] of Object.entries(fields)) {
      await sent.locator(`[name=${name}]`).fill(value);
    }
    await sent.locator("button[type=submit], button:not([type])").first().click();
    await page.locator("main [role=alert]").first().waitFor();
  },
});

const empty: State = { name: "empty", visitor: "empty" };
const toSupport: State = { name: "to-support", visitor: "support" };
const at = (name: string, address: State["at"]): State => ({ name, at: address });

/** The form on a page whose button says what it sends. */
const withField = (name: string) => `main form:has([name=${name}])`;

const NONE: State[] = [];

/**
 * Every page of the build, with its states beside the one that tests/e2e/authorisation/routes.ts
 * has the address of. A page that is missing here fails, and so does one that is no more.
 */
export const STATES: Record<string, State[]> = {
  "/[locale]": [{ name: "signed-in", visitor: "owner" }],
  "/[locale]/[...rest]": [{ name: "signed-in", visitor: "owner" }],
  "/[locale]/accessibility": NONE,
  "/[locale]/account-deleted": NONE,
  "/[locale]/complaints": [refused(), { name: "signed-in", visitor: "owner" }, empty],
  "/[locale]/confirm": [at("open", (world) => `/confirm?token=${world.confirmToken}`)],
  "/[locale]/confirm-address": [refused()],
  "/[locale]/contact": [refused(), { name: "signed-in", visitor: "owner" }],
  "/[locale]/direct-debit/[company]": [at("heat", "/direct-debit/valfiorita-calore")],
  "/[locale]/forgot-password": [refused()],
  "/[locale]/help": NONE,
  "/[locale]/login": [
    refused("main form", { email: "nessuno@posta.example", password: "una frase sbagliata" }),
    at("from-a-mail", "/login?next=/bills"),
    at("password-set", "/login?reset=done"),
  ],
  "/[locale]/login/code": [refused("main form", { code: "000000" })],
  "/[locale]/privacy": NONE,
  "/[locale]/receipt/[id]": NONE,
  "/[locale]/reset-password": [
    at("open", (world) => `/reset-password?token=${world.resetToken}`),
    {
      ...refused("main form", { newPassword: "corta" }),
      at: (world) => `/reset-password?token=${world.resetToken}`,
    },
  ],
  "/[locale]/sample-bill/[company]": [at("heat", "/sample-bill/valfiorita-calore")],
  "/[locale]/signup": [
    refused("main form", { customerCode: "IT001E12345678", email: "nessuno" }),
    { name: "signed-in", visitor: "owner" },
  ],
  "/[locale]/signup/sent": NONE,
  "/[locale]/start/[company]": [at("heat", "/start/valfiorita-calore")],

  "/[locale]/bills": [empty, at("none-found", "/bills?q=nessuna-bolletta")],
  "/[locale]/bills/[id]": NONE,
  "/[locale]/bills/[id]/delivery": NONE,
  "/[locale]/consumption": [
    { ...empty, at: "/consumption" },
    at("year", "/consumption?view=year&date=2025-01-01"),
    at("week", "/consumption?view=week&date=2025-03-28"),
    at("clock-change", "/consumption?view=day&date=2025-03-30"),
    at("no-data", "/consumption?view=month&date=2015-01-01"),
    at("together", "/consumption?contract=all&view=year&date=2025-01-01"),
  ],
  "/[locale]/consumption/export": [{ ...empty, at: "/consumption/export" }],
  "/[locale]/consumption/self-reading": [{ ...empty, at: "/consumption/self-reading" }],
  "/[locale]/consumption/self-reading/[code]": NONE,
  "/[locale]/consumption/statistics": [{ ...empty, at: "/consumption/statistics" }],
  "/[locale]/contracts": [empty],
  "/[locale]/contracts/[id]": NONE,
  "/[locale]/contracts/[id]/remove": NONE,
  "/[locale]/contracts/add": [refused("main form", { customerCode: "IT001E12345678" })],
  "/[locale]/delivery": [
    empty,
    {
      name: "refused",
      act: async (page) => {
        const form = page.locator(`${withField("acceptNotice")}:visible`).first();
        await form.locator("[name=mode][value=electronic]").check();
        await form.locator("[name=email]").fill("nessuno");
        await form.locator("[name=acceptNotice]").uncheck();
        await form.locator("button[type=submit]").first().click();
        await page.locator("main [role=alert]").first().waitFor();
      },
    },
  ],
  "/[locale]/notifications": [empty],
  "/[locale]/notifications/[...key]": NONE,
  "/[locale]/overview": [empty],
  "/[locale]/profile": [empty, refused(withField("confirm"))],
  "/[locale]/profile/access": [empty],
  "/[locale]/profile/access/second-factor": [refused("main form", { code: "000000" })],
  "/[locale]/profile/data": [empty],
  "/[locale]/profile/tokens": [empty, refused(withField("purpose"))],

  "/[locale]/staff": [toSupport],
  "/[locale]/staff/accounts/[accountId]": [toSupport],
  "/[locale]/staff/attempts": [
    refused(withField("q")),
    at("one-outcome", "/staff/attempts?outcome=no_match"),
  ],
  "/[locale]/staff/bills/[id]": [toSupport],
  "/[locale]/staff/complaints": [at("answered", "/staff/complaints?state=answered")],
  "/[locale]/staff/complaints/[id]": [refused(withField("answer"))],
  "/[locale]/staff/delivery": [
    at(
      "found",
      (world) => `/staff/delivery?company=${world.company}&contract=${world.contractNumber}`,
    ),
    at("none-found", "/staff/delivery?contract=nessuno"),
  ],
  "/[locale]/staff/design": NONE,
  "/[locale]/staff/emails": [at("one", "/staff/emails?template=new-bill")],
  "/[locale]/staff/forgot-password": [refused()],
  "/[locale]/staff/imports": [toSupport],
  "/[locale]/staff/imports/[id]": [toSupport],
  "/[locale]/staff/login": [
    refused("main form", { email: "nessuno@posta.example", password: "una frase sbagliata" }),
  ],
  "/[locale]/staff/mail-room": [toSupport],
  "/[locale]/staff/mandate-requests": [toSupport],
  "/[locale]/staff/notifications/[...key]": NONE,
  "/[locale]/staff/operations": [{ name: "to-admins", visitor: "admin" }],
  "/[locale]/staff/people": [
    { name: "to-admins", visitor: "admin" },
    { ...refused("main form:has([name=email])"), visitor: "admin" },
  ],
  "/[locale]/staff/profile": NONE,
  "/[locale]/staff/releases": NONE,
  "/[locale]/staff/releases/[id]": [{ name: "to-another", visitor: "admin" }],
  "/[locale]/staff/runs": [toSupport],
  "/[locale]/staff/runs/[company]/[run]": [toSupport],
  "/[locale]/staff/runs/[company]/[run]/bills": NONE,
  "/[locale]/staff/runs/[company]/[run]/plan": NONE,
  "/[locale]/staff/runs/[company]/[run]/reconciliation": NONE,
  "/[locale]/staff/runs/[company]/[run]/withdrawals": NONE,
  "/[locale]/staff/search": [
    at("found", (world) => `/staff/search?q=${world.contractNumber}`),
    at("none-found", "/staff/search?q=nessuno-si-chiama-cosi"),
    at("too-short", "/staff/search?q=a"),
  ],
  "/[locale]/staff/second-factor": [
    { name: "first-time", visitor: "enrolling" },
    { ...refused("main form", { code: "000000" }), visitor: "enrolling" },
  ],
  "/[locale]/staff/self-readings": NONE,
  "/[locale]/staff/self-readings/[code]": [refused("main form:has([value=refused])")],
  "/[locale]/staff/undelivered": NONE,
};
