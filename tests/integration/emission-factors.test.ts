import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog } from "@/db/schema";
import { setEmissionFactor } from "@/lib/companies/commands";
import { emissionFactorSchema } from "@/lib/companies/schema";
import { findEmissionFactor } from "@/lib/consumption/queries/emission-factors";
import { NotFoundError } from "@/lib/errors";
import { makeCustomer } from "../factories/people";
import { test, type World } from "../setup/database";

const MIX = {
  commodity: "electricity" as const,
  ...{ gramsPerUnit: 281, source: "Mix 2023", validFrom: "2024-07-01" },
};

const set = (world: World, company: string, over: Partial<typeof MIX> = {}) =>
  world.worker((ctx) => setEmissionFactor(ctx, { company, ...MIX, ...over }));

describe("emission factors", () => {
  test("R25 a company's own figure holds from its day on until the next; without one what holds for everybody", async ({
    world,
  }) => {
    const { company, actor } = await makeCustomer(world.db);
    await set(world, company.slug);
    await set(world, company.slug, { gramsPerUnit: 264, validFrom: "2025-07-01" });
    const on = (day: string, commodity: "electricity" | "gas" | "water" = "electricity") =>
      world.web(actor, ({ db }) =>
        findEmissionFactor(db, { companyId: company.id, commodity }, day),
      );
    expect(await on("2024-06-30")).toBeNull();
    expect(await on("2025-06-30")).toEqual({
      ...{ since: "2024-07-01", gramsPerUnit: 281, source: "Mix 2023" },
    });
    expect((await on("2026-11-28"))?.gramsPerUnit).toBe(264);
    expect((await on("2026-11-28", "gas"))?.gramsPerUnit).toBe(1_972);
    expect(await on("2026-11-28", "water")).toBeNull();
  });

  test("R30 the same again changes nothing, another figure takes its place, and the audit log says so", async ({
    world,
  }) => {
    const { company } = await makeCustomer(world.db);
    expect(await set(world, company.slug)).toEqual({ changed: true });
    expect(await set(world, company.slug)).toEqual({ changed: false });
    expect(await set(world, company.slug, { gramsPerUnit: 300 })).toEqual({ changed: true });
    const entries = await world.db
      .select({ detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.action, "set_emission_factor"));
    expect(entries).toMatchObject([{ detail: MIX }, { detail: { ...MIX, gramsPerUnit: 300 } }]);
    await expect(set(world, "nobody")).rejects.toThrow(NotFoundError);
  });

  test("refuses what no unit sets free, and a factor without a source", () => {
    expect(emissionFactorSchema.safeParse({ ...MIX, gramsPerUnit: -1 }).success).toBe(false);
    expect(emissionFactorSchema.safeParse({ ...MIX, gramsPerUnit: 10_001 }).success).toBe(false);
    expect(emissionFactorSchema.safeParse({ ...MIX, source: " " }).success).toBe(false);
  });
});
