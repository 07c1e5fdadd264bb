import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contracts } from "@/db/schema";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { findBillMail } from "@/lib/dispatches/queries/bill-mail";
import { findBill, findLatestBill } from "@/lib/documents/queries/bills";
import { ForbiddenError } from "@/lib/errors";
import { previewMail } from "@/lib/mail/queries/preview-mail";
import { MAIL_TEMPLATES, previewRequestSchema } from "@/lib/mail/schema";
import { makeDispatch } from "../factories/dispatches";
import { makeCompany, makeCustomer, makeHolder, makeMandate, makeStaff } from "../factories/people";
import { test } from "../setup/database";

const plain = {
  template: "new-bill",
  language: "it",
  company: null,
  bill: null,
  contract: null,
} as const;

describe("previews of e-mails", () => {
  test.for(["support", "operator", "admin"] as const)(
    "%s may see every e-mail, in a company's brand",
    async (role, { world }) => {
      const staff = await makeStaff(world.db, role);
      const company = await makeCompany(world.db, { name: "Calore di Prova" });
      for (const template of MAIL_TEMPLATES) {
        const mail = await world.web(staff, (ctx) =>
          previewMail(ctx, { ...plain, template, company: company.slug }),
        );
        expect(mail?.html).toContain("Calore di Prova");
      }
    },
  );

  test("R28 an unknown role, a customer and a visitor see none", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const { document } = await makeDispatch(world.db, customer);
    const intern = { ...(await makeStaff(world.db, "support")), role: "intern" as StaffRole };
    for (const actor of [intern, customer.actor, { kind: "visitor" } as const]) {
      await world.web(actor, async (context) => {
        const ctx = context as Context<StaffActor>;
        await expect(previewMail(ctx, plain)).rejects.toBeInstanceOf(ForbiddenError);
        const asked = { companyId: customer.company.id, bill: document.id, language: null };
        await expect(findBillMail(ctx, asked)).rejects.toBeInstanceOf(ForbiddenError);
      });
    }
  });

  test("R16 shows a bill as it would be sent, by its number or its id", async ({ world }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db, { account: { language: "de" } });
    const { document } = await makeDispatch(world.db, customer);
    for (const bill of [document.billNumber, document.id]) {
      const mail = await world.web(staff, (ctx) =>
        previewMail(ctx, { ...plain, language: null, company: customer.company.slug, bill }),
      );
      expect(mail?.subject).toMatch(/Rechnung über 123,45/);
      expect(mail?.html).toContain(customer.mandate?.reference);
      expect(mail?.html).toContain(`/de/bills/${document.id}`);
    }
  });

  test.for([
    ["active throughout", {}, true],
    ["from the day of issue", { since: "2026-10-20" }, true],
    ["only after the issue", { since: "2026-10-21" }, false],
    ["ending between issue and due", { status: "revoked", until: "2026-11-01" }, false],
    ["ending on the due date", { status: "revoked", until: "2026-11-12" }, false],
    ["ending after the due date", { status: "revoked", until: "2026-11-13" }, true],
    ["requested", { status: "requested" }, false],
  ] as const)(
    "R16 with a mandate %s the mail and the page agree on who pays",
    async ([, mandate, pays], { world }) => {
      const staff = await makeStaff(world.db, "support");
      const customer = await makeCustomer(world.db, { mandate });
      const { document } = await makeDispatch(world.db, customer);
      const asked = { companyId: customer.company.id, bill: document.id, language: null };
      const mail = await world.web(staff, (ctx) => findBillMail(ctx, asked));
      const page = await world.web(customer.actor, (ctx) => findBill(ctx, document.id));
      expect(mail?.props.shape.payment).toBe(pays ? "direct_debit" : "to_pay");
      expect(page?.settlement).toBe(mail?.props.shape.payment);
      expect(page?.mandate?.reference ?? "").toBe(mail?.props.facts.mandateReference);
    },
  );

  test("R5 R16 a mandate of who holds the contract now does not pay the former holder's bill", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    const former = await makeCustomer(world.db, { mandate: null });
    const { document } = await makeDispatch(world.db, former);
    const now = await makeHolder(world.db);
    const { contract } = former;
    await world.db.update(contracts).set({ holderId: now.id }).where(eq(contracts.id, contract.id));
    const of = { companyId: contract.companyId, contractId: contract.id };
    await makeMandate(world.db, { ...of, holderId: now.id });
    const asked = { companyId: contract.companyId, bill: document.id, language: null };
    const payment = async () => [
      (await world.web(staff, (ctx) => findBillMail(ctx, asked)))?.props.shape.payment,
      // Without row-level security the query alone must hold.
      (await findBill({ db: world.db, actor: former.actor }, document.id))?.settlement,
    ];
    expect(await payment()).toEqual(["to_pay", "to_pay"]);
    await makeMandate(world.db, { ...of, holderId: former.holder.id });
    expect(await payment()).toEqual(["direct_debit", "direct_debit"]);
  });

  test("R16 a credit note and a paid bill ask for nothing, in the mail as on the page", async ({
    world,
  }) => {
    const staff = await makeStaff(world.db, "support");
    for (const [document, settlement] of [
      [{ kind: "credit_note", totalCents: -500 }, "in_your_favour"],
      [{ totalCents: 0 }, "nothing"],
      [{ paymentStatus: "paid" }, "nothing"],
    ] as const) {
      const customer = await makeCustomer(world.db);
      const made = await makeDispatch(world.db, customer, { document });
      const asked = { companyId: customer.company.id, bill: made.document.id, language: null };
      const mail = await world.web(staff, (ctx) => findBillMail(ctx, asked));
      const page = await world.web(customer.actor, (ctx) => findLatestBill(ctx));
      expect([mail?.props.shape.payment, page?.settlement]).toEqual([settlement, settlement]);
    }
  });

  test("R28 a bill of another company is not found", async ({ world }) => {
    const staff = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    const other = await makeCompany(world.db);
    const { document } = await makeDispatch(world.db, customer);
    const mail = await world.web(staff, (ctx) =>
      previewMail(ctx, { ...plain, company: other.slug, bill: document.id }),
    );
    expect(mail).toBeNull();
  });

  test("what an address asks for is taken only as far as it is known", () => {
    expect(
      previewRequestSchema.parse({ template: "x", language: ["it"], bill: " ", width: "7" }),
    ).toEqual({
      ...{ template: null, language: null, company: null, bill: null, contract: null },
      ...{ width: "wide", theme: "light" },
    });
  });
});
