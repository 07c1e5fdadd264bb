import { describe, expect } from "vitest";
import { discounts } from "@/db/schema";
import { changeSettings } from "@/lib/companies/commands";
import { findCompany, listDiscounts } from "@/lib/companies/queries";
import { companySettingsSchema } from "@/lib/companies/schema";
import { makeCompany } from "../factories/people";
import { test } from "../setup/database";

const visitor = { kind: "visitor" } as const;

describe("listDiscounts", () => {
  test("R13 tells everybody what an electronic bill earns on a day, and no other day's discount", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const of = { companyId: company.id, commodity: "gas", basis: "per_year" } as const;
    await world.db.insert(discounts).values([
      { ...of, amountCents: 300, validFrom: "2020-01-01", validUntil: "2026-01-01" },
      { ...of, amountCents: 600, validFrom: "2026-01-01" },
    ]);
    const on = (day: string) =>
      world.web(visitor, async ({ db }) =>
        (await listDiscounts(db, day)).map(({ offerCents }) => offerCents),
      );
    expect(await on("2019-12-31")).toEqual([]);
    expect(await on("2025-12-31")).toEqual([300]);
    expect(await on("2026-01-01")).toEqual([600]);
  });
});

describe("a company's own statement of accessibility", () => {
  test("is set by the operator, and has to begin with https://", async ({ world }) => {
    const { slug } = await makeCompany(world.db);
    const accessibilityUrl = "https://energia-di-prova.example/accessibilita";
    const given = companySettingsSchema.parse({ accessibilityUrl });
    await world.worker((ctx) => changeSettings(ctx, { company: slug, ...given }));
    const company = await world.web(visitor, ({ db }) => findCompany(db, slug));
    expect(company?.accessibilityUrl).toBe(accessibilityUrl);
    for (const wrong of ["http://a.example", "javascript:alert(1)", "a.example"]) {
      expect(companySettingsSchema.safeParse({ accessibilityUrl: wrong }).success).toBe(false);
    }
  });
});
