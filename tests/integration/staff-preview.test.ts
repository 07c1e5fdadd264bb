import { and, eq, sql } from "drizzle-orm";
import { describe, expect, vi } from "vitest";
import { accountMails, auditLog } from "@/db/schema";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { LANGUAGES } from "@/lib/i18n/languages";
import { log } from "@/lib/log";
import { sendTestMail } from "@/lib/mail/commands/send-test-mail";
import { settleAccountMail } from "@/lib/mail/commands/settle-account-mail";
import { takeAccountMail } from "@/lib/mail/commands/take-account-mail";
import { findLastSentMail } from "@/lib/mail/queries/last-sent-mail";
import { type MailPreviewChoice, previewMail } from "@/lib/mail/queries/preview-mail";
import * as rendered from "@/lib/mail/rendered-mail";
import { MAIL_TEMPLATES } from "@/lib/mail/schema";
import { inTheme } from "@/lib/mail/theme";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCompany, makeCustomer, makeStaff, must } from "../factories/people";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

const SAMPLE: MailPreviewChoice = {
  template: "new-bill",
  language: null,
  company: null,
  bill: null,
  contract: null,
};

const preview = (world: World, staff: StaffActor, choice: Partial<MailPreviewChoice>) =>
  world.web(staff, (ctx) => previewMail(ctx, { ...SAMPLE, ...choice }));

const testMail = (world: World, staff: StaffActor, choice: Partial<MailPreviewChoice>) =>
  world.web(staff, (ctx) => sendTestMail(ctx, { ...SAMPLE, ...choice }));

/** The next mail about an account, as the worker makes its request, and takes it for sent. */
async function sendMail(world: World) {
  return await world.worker(async (ctx) => {
    const taken = await takeAccountMail(ctx, { leaseSeconds: 20 });
    if (!taken || taken === "passed") {
      throw new Error("no mail waited");
    }
    await settleAccountMail(ctx, taken.mail, {
      ...{ kind: "accepted", ids: ["e1"], rejected: new Map() },
    });
    return JSON.parse(taken.mail.bytes.toString("utf8"));
  });
}

describe("what staff preview", () => {
  test("R16 is every template in every language and brand, with a version that tells them apart", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const versions = new Set<string>();
    const brands = [
      await makeCompany(world.db, { name: "Calore di Prova" }),
      await makeCompany(world.db, { name: "Acqua di Prova", accentColor: "#7a1f5c" }),
    ];
    for (const { slug, name } of brands) {
      for (const template of MAIL_TEMPLATES) {
        for (const language of LANGUAGES) {
          const mail = must(await preview(world, staff, { template, language, company: slug }));
          expect(mail).toMatchObject({ template, language, of: "sample" });
          expect(mail.html).toContain(name);
          versions.add(mail.version);
        }
      }
    }
    expect(versions.size).toBe(2 * MAIL_TEMPLATES.length * LANGUAGES.length);
    expect(await world.db.$count(accountMails)).toBe(0);
  });

  test("R16 of a bill is what then goes out for it, to the byte, and has its version", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db, { account: { language: "de" } });
    const { company } = customer;
    const { document } = await makeDispatch(world.db, customer, {
      document: { kind: "closing_bill" },
    });
    // Whatever template was chosen: the document's kind decides.
    const choice = { company: company.slug, bill: document.billNumber };
    const before = must(await preview(world, staff, choice));
    expect(before).toMatchObject({ template: "closing-bill", language: "de", of: "bill" });
    const none = await world.web(staff, (ctx) => findLastSentMail(ctx, before));
    expect(none).toBeNull();
    const batch = await sendNext(world);
    const [sent] = JSON.parse(batch.bytes.toString("utf8"));
    const { subject, html, text } = before;
    expect({ subject, html, text }).toEqual({
      subject: sent.subject,
      html: sent.html,
      text: sent.text,
    });
    const last = must(await world.web(staff, (ctx) => findLastSentMail(ctx, before)));
    expect([last.version, last.html, last.state]).toEqual([before.version, html, "accepted"]);
    // The same one is the last of its template, company and language.
    const sample = must(
      await preview(world, staff, {
        ...{ template: "closing-bill", language: "de", company: company.slug },
      }),
    );
    const lastOfAll = await world.web(staff, (ctx) => findLastSentMail(ctx, sample));
    expect(lastOfAll?.key).toEqual(last.key);
    const italian = must(
      await preview(world, staff, {
        ...{ template: "closing-bill", language: "it", company: company.slug },
      }),
    );
    expect(await world.web(staff, (ctx) => findLastSentMail(ctx, italian))).toBeNull();
  });

  test("R16 as a customer would get it: their newest document, their address, their language", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db, { account: { language: "en" } });
    const { company, contract, account } = customer;
    await makeDispatch(world.db, customer, { document: { issueDate: "2026-01-10" } });
    const newest = await makeDispatch(world.db, customer, {
      document: { issueDate: "2026-09-10" },
    });
    const of = { company: company.slug, contract: contract.contractNumber };
    const bill = must(await preview(world, staff, of));
    expect(bill).toMatchObject({ language: "en", of: "customer", documentId: newest.document.id });
    const about = must(await preview(world, staff, { ...of, template: "confirm-account" }));
    expect(about.text).toContain(account.email);
    const changed = must(await preview(world, staff, { ...of, template: "delivery-changed" }));
    expect(changed.text).toContain(contract.contractNumber);
    const sent = await makeAccountMail(world.db, customer, {
      template: "delivery-changed",
      params: { contractNumber: contract.contractNumber, mode: "paper", fromBill: "2026-12-15" },
    });
    await sendMail(world);
    const last = await world.web(staff, (ctx) => findLastSentMail(ctx, changed));
    expect(last?.key).toEqual({ mailId: sent.id });
    expect(await preview(world, staff, { ...of, template: "notice" })).toBeNull();
    const other = await makeCompany(world.db);
    expect(await preview(world, staff, { ...of, company: other.slug })).toBeNull();
  });

  test("R28 nobody but staff of known roles sees what was sent last", async ({ world }) => {
    const support = await makeStaff(world.db, "support");
    const mail = must(
      await preview(world, support, { company: (await makeCompany(world.db)).slug }),
    );
    const intern = { ...support, role: "intern" as StaffRole };
    await expect(world.web(intern, (ctx) => findLastSentMail(ctx, mail))).rejects.toThrow(
      ForbiddenError,
    );
  });

  test("a frame's theme turns the mail's own dark rules on or off, and changes no word", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const { html } = must(
      await preview(world, staff, { company: (await makeCompany(world.db)).slug }),
    );
    expect(html.match(/prefers-color-scheme:dark/g)).toHaveLength(1);
    expect(inTheme(html, "dark")).toContain("@media all{");
    expect(inTheme(html, "light")).toContain("@media not all{");
    const words = (text: string) => text.replace(/<style>.*?<\/style>/s, "");
    expect(words(inTheme(html, "dark"))).toBe(words(html));
  });
});

describe("a test sent to oneself", () => {
  test("R16 is what the preview shows, marked as a test, and goes to its sender alone", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "operator");
    const customer = await makeCustomer(world.db);
    const { document } = await makeDispatch(world.db, customer);
    const choice = { company: customer.company.slug, bill: document.id };
    const shown = must(await preview(world, staff, choice));
    expect(await testMail(world, staff, choice)).toEqual({
      ok: true,
      value: { email: staff.email },
    });
    const sent = await sendMail(world);
    expect(sent).toMatchObject({
      to: [staff.email],
      subject: `[Prova] ${shown.subject}`,
      html: shown.html,
      text: shown.text,
    });
    const [told] = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, "sent_test_mail"));
    expect(told).toMatchObject({
      actorId: staff.staffId,
      detail: { template: "new-bill", document: document.id },
    });
    // R7: nothing of the customer stays with it.
    const [kept] = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.template, "test"));
    expect(kept).toMatchObject({ state: "sent", content: null, params: {} });
    // It is no mail of the customer's.
    const theirs = and(
      eq(accountMails.accountId, customer.account.id),
      eq(accountMails.template, "test"),
    );
    expect(await world.db.$count(accountMails, theirs)).toBe(0);
  });

  test("works for a mail about an account too, and ends where its bill has gone", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const { company } = customer;
    await testMail(world, staff, {
      ...{ template: "no-match", language: "de" },
      company: company.slug,
    });
    expect((await sendMail(world)).subject).toMatch(/^\[Test\] /);
    await expect(
      testMail(world, staff, { company: company.slug, bill: "no such bill" }),
    ).rejects.toThrow(NotFoundError);
  });

  test("R17 one that cannot be rendered fails alone, and the next one goes out", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const broken = await makeAccountMail(world.db, customer, { createdAt: new Date(0) });
    await makeAccountMail(world.db, customer);
    const error = vi.spyOn(log, "error").mockImplementation(() => {});
    const render = vi.spyOn(rendered, "renderAccountMail").mockRejectedValueOnce(new Error("no"));
    expect(await world.worker((ctx) => takeAccountMail(ctx, { leaseSeconds: 20 }))).toBe("passed");
    expect(error).toHaveBeenCalledTimes(1);
    const [failed] = await world.db
      .select()
      .from(accountMails)
      .where(eq(accountMails.id, broken.id));
    expect(failed).toMatchObject({ state: "failed", failure: "not_renderable" });
    expect((await sendMail(world)).to).toEqual([customer.account.email]);
    render.mockRestore();
    error.mockRestore();
  });

  test("is sent ten times an hour at the most, each member of staff for themselves", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const { slug } = await makeCompany(world.db);
    for (let times = 0; times < 10; times += 1) {
      expect((await testMail(world, staff, { company: slug })).ok).toBe(true);
    }
    expect(await testMail(world, staff, { company: slug })).toEqual({
      ok: false,
      code: "too_many",
    });
    const other = await makeStaff(world.db, "support");
    expect((await testMail(world, other, { company: slug })).ok).toBe(true);
    await world.db
      .update(accountMails)
      .set({ createdAt: sql`clock_timestamp() - interval '61 minutes'` })
      .where(eq(accountMails.toEmail, staff.email));
    expect((await testMail(world, staff, { company: slug })).ok).toBe(true);
  });

  test("R28 the web role queues a test for nobody else, and an unknown role none", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const queue = (actor: Parameters<World["web"]>[0], toEmail: string) =>
      world.web(actor, (ctx) =>
        inTransaction(ctx, ({ db }) =>
          db.insert(accountMails).values({
            ...{ template: "test", companyId: customer.company.id, accountId: null },
            ...{ toEmail, language: "it" },
          }),
        ),
      );
    // The very same is taken for one's own address: it is the address that the database refuses.
    await queue(staff, staff.email);
    const colleague = await makeStaff(world.db, "admin");
    const refused = { cause: { message: expect.stringContaining("row-level security") } };
    for (const [actor, address] of [
      [staff, customer.account.email],
      [staff, colleague.email],
      [customer.actor, customer.account.email],
      [customer.actor, staff.email],
    ] as const) {
      await expect(queue(actor, address)).rejects.toMatchObject(refused);
    }
    const intern = { ...staff, role: "intern" as StaffRole };
    await expect(testMail(world, intern, { company: customer.company.slug })).rejects.toThrow(
      ForbiddenError,
    );
  });
});
