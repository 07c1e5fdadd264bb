import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contracts } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { settleAccountMail } from "@/lib/mail/commands/settle-account-mail";
import { takeAccountMail } from "@/lib/mail/commands/take-account-mail";
import { findLastSentMail } from "@/lib/mail/queries/last-sent-mail";
import { type MailPreviewChoice, previewMail } from "@/lib/mail/queries/preview-mail";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCompany, makeCustomer, makeHolder, makeStaff, must } from "../factories/people";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

const SAMPLE: MailPreviewChoice = {
  template: "new-bill",
  language: null,
  company: null,
  bill: null,
  contract: null,
};

/** The mail laid beside the preview of a choice. */
async function lastSent(world: World, staff: StaffActor, choice: Partial<MailPreviewChoice>) {
  return await world.web(staff, async (ctx) =>
    findLastSentMail(ctx, must(await previewMail(ctx, { ...SAMPLE, ...choice }))),
  );
}

/** Sends every mail about an account that waits. */
async function sendAccountMails(world: World) {
  await world.worker(async (ctx) => {
    for (
      let taken = await takeAccountMail(ctx, { leaseSeconds: 20 });
      taken;
      taken = await takeAccountMail(ctx, { leaseSeconds: 20 })
    ) {
      if (taken !== "passed") {
        const ids = [`e-${taken.mail.id}`];
        await settleAccountMail(ctx, taken.mail, { kind: "accepted", ids, rejected: new Map() });
      }
    }
  });
}

describe("the last mail really sent", () => {
  test("R16 is of the bill asked for, though a later one of the contract went out", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const earlier = await makeDispatch(world.db, customer, {
      document: { issueDate: "2026-08-10" },
    });
    await sendNext(world);
    const later = await makeDispatch(world.db, customer, { document: { issueDate: "2026-10-10" } });
    await sendNext(world);
    const company = customer.company.slug;
    const contract = customer.contract.contractNumber;
    for (const [choice, { document }] of [
      [{ bill: earlier.document.billNumber }, earlier],
      [{ bill: later.document.id }, later],
      [{ contract }, later],
    ] as const) {
      const last = await lastSent(world, staff, { company, ...choice });
      expect(last?.document?.id).toBe(document.id);
    }
    // A bill decides, whatever contract stands beside it.
    const other = await makeCustomer(world.db, { company: customer.company });
    const both = { bill: earlier.document.id, contract: other.contract.contractNumber };
    expect((await lastSent(world, staff, { company, ...both }))?.document?.id).toBe(
      earlier.document.id,
    );
  });

  test("R28 of a company is none of another's, and of a language none in another", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db, { account: { language: "de" } });
    await makeDispatch(world.db, customer);
    await sendNext(world);
    await makeAccountMail(world.db, customer);
    await sendAccountMails(world);
    const { slug } = customer.company;
    const other = await makeCompany(world.db);
    for (const template of ["new-bill", "account-exists"] as const) {
      const of = (company: string, language: "it" | "de") =>
        lastSent(world, staff, { template, company, language });
      expect((await of(slug, "de"))?.template).toBe(template);
      expect(await of(slug, "it")).toBeNull();
      expect(await of(other.slug, "de")).toBeNull();
    }
  });

  test("R28 of a customer is none of another customer's, nor of one without an account", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const first = await makeCustomer(world.db);
    const second = await makeCustomer(world.db, { company: first.company });
    const sent = await makeAccountMail(world.db, first);
    await makeDispatch(world.db, first);
    await sendNext(world);
    await makeDispatch(world.db, second);
    await sendAccountMails(world);
    const company = first.company.slug;
    const of = (template: "new-bill" | "account-exists", who: typeof first) =>
      lastSent(world, staff, { template, company, contract: who.contract.contractNumber });
    expect((await of("account-exists", first))?.key).toEqual({ mailId: sent.id });
    expect(await of("account-exists", second)).toBeNull();
    expect(await of("new-bill", first)).not.toBeNull();
    expect(await of("new-bill", second)).toBeNull();
  });

  test("R5 as the present holder is none that a former holder got", async ({ world }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const { company, contract } = customer;
    await makeDispatch(world.db, customer);
    await sendNext(world);
    const holder = await makeHolder(world.db);
    await world.db
      .update(contracts)
      .set({ holderId: holder.id })
      .where(eq(contracts.id, contract.id));
    const now = await makeDispatch(world.db, { ...customer, holder });
    const of = { company: company.slug, contract: contract.contractNumber };
    expect(await lastSent(world, staff, of)).toBeNull();
    await sendNext(world);
    expect((await lastSent(world, staff, of))?.document?.id).toBe(now.document.id);
  });

  test("tells to whom it went by the first letter and the domain alone", async ({ world }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db, { account: { email: "maria@posta.example" } });
    const { document } = await makeDispatch(world.db, customer);
    await sendNext(world);
    const choice = { company: customer.company.slug, bill: document.id };
    expect((await lastSent(world, staff, choice))?.to).toBe("m•••@posta.example");
  });
});
