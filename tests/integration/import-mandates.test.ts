import { and, eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contracts, mandates } from "@/db/schema";
import { mandateState } from "@/lib/contracts/rules";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { addDays, romeDay } from "@/lib/time";
import { contractsFile } from "../factories/import-files";
import { makeCompany } from "../factories/people";
import { test, type World } from "../setup/database";

type Row = Parameters<typeof contractsFile>[0];

const today = romeDay(new Date());

/** Loads one file after the other; returns the contract's mandates and the active one's reference. */
async function afterFiles(world: World, ...files: Row[]) {
  const company = await makeCompany(world.db);
  for (const row of files) {
    const file = await contractsFile(row);
    await world.worker((ctx) => importContracts(ctx, { company: company.slug, file }));
    // What a file says twice changes nothing.
    const again = await world.worker((ctx) =>
      importContracts(ctx, { company: company.slug, file }),
    );
    expect(again).toMatchObject({ changed: 0, unchanged: 1 });
  }
  const rows = await world.db
    .select({
      reference: mandates.reference,
      status: mandates.status,
      since: mandates.since,
      until: mandates.until,
    })
    .from(mandates)
    .innerJoin(contracts, eq(contracts.id, mandates.contractId))
    .where(and(eq(mandates.companyId, company.id), eq(mandates.holderId, contracts.holderId)))
    .orderBy(mandates.reference);
  return {
    company,
    mandates: rows,
    states: rows.map(
      (row) => `${row.reference} ${mandateState({ ...row, toldOn: today }, today).state}`,
    ),
  };
}

const requested: Row = { mandate_status: "requested", mandate_since: "" };
const active: Row = { mandate_status: "active", mandate_since: "2026-02-01" };
const revoked: Row = {
  mandate_status: "revoked",
  mandate_since: "2026-02-01",
  mandate_until: "2026-10-01",
};
const none: Row = {
  mandate_status: "none",
  mandate_reference: "",
  mandate_iban: "",
  mandate_debtor: "",
  mandate_since: "",
};

describe("the mandates that import contracts takes over, each dated", () => {
  test("requested, then active, then revoked: one mandate that keeps its beginning", async ({
    world,
  }) => {
    expect((await afterFiles(world, requested)).states).toEqual(["UMR-1 requested"]);
    expect((await afterFiles(world, requested, active)).mandates).toEqual([
      { reference: "UMR-1", status: "active", since: "2026-02-01", until: null },
    ]);
    const ended = await afterFiles(world, requested, active, { ...revoked, mandate_since: "" });
    expect(ended.mandates).toEqual([
      { reference: "UMR-1", status: "revoked", since: "2026-02-01", until: "2026-10-01" },
    ]);
  });

  test("requested, then rejected: it never works; expired keeps its end", async ({ world }) => {
    const rejected = { ...requested, mandate_status: "rejected", mandate_until: "2026-11-01" };
    expect((await afterFiles(world, requested, rejected)).mandates).toEqual([
      { reference: "UMR-1", status: "rejected", since: null, until: "2026-11-01" },
    ]);
    const expired = { ...revoked, mandate_status: "expired" };
    expect((await afterFiles(world, active, expired)).states).toEqual(["UMR-1 expired"]);
  });

  test("a new reference stands beside the ended one, and only the new one works", async ({
    world,
  }) => {
    const next = { ...active, mandate_reference: "UMR-2", mandate_since: "2026-10-01" };
    expect((await afterFiles(world, active, revoked, next)).states).toEqual([
      "UMR-1 revoked",
      "UMR-2 active",
    ]);
    // Also where no file told the end: it ends on the day the other is told.
    expect((await afterFiles(world, active, next)).mandates).toEqual([
      { reference: "UMR-1", status: "revoked", since: "2026-02-01", until: today },
      { reference: "UMR-2", status: "active", since: "2026-10-01", until: null },
    ]);
  });

  test("R2 none after active ends it today, none after requested withdraws it", async ({
    world,
  }) => {
    expect((await afterFiles(world, active, none)).mandates).toEqual([
      { reference: "UMR-1", status: "revoked", since: "2026-02-01", until: today },
    ]);
    expect((await afterFiles(world, requested, none)).states).toEqual(["UMR-1 rejected"]);
  });

  test("R14 an active one may carry the day it ends, and lose it again when it is renewed", async ({
    world,
  }) => {
    const until = addDays(today, 20);
    const ending = { ...active, mandate_until: until };
    const told = await afterFiles(world, active, ending);
    expect(told.states).toEqual(["UMR-1 ending"]);
    expect((await afterFiles(world, ending, active)).mandates).toEqual([
      { reference: "UMR-1", status: "active", since: "2026-02-01", until: null },
    ]);
  });

  test("one that begins in the future does not work yet; one that ends before it begins is refused", async ({
    world,
  }) => {
    const since = addDays(today, 5);
    expect((await afterFiles(world, { ...active, mandate_since: since })).states).toEqual([
      "UMR-1 starting",
    ]);
    const company = await makeCompany(world.db);
    const file = await contractsFile({ ...revoked, mandate_since: "2026-10-02" });
    await expect(
      world.worker((ctx) => importContracts(ctx, { company: company.slug, file })),
    ).rejects.toThrow("mandate_until");
    expect(await world.db.$count(contracts, eq(contracts.companyId, company.id))).toBe(0);
  });

  test("R2 the rule in SQL and the page's words agree on every state", async ({ world }) => {
    for (const status of ["requested", "active", "rejected", "revoked", "expired"] as const) {
      for (const since of [null, addDays(today, -2), today, addDays(today, 1)]) {
        for (const until of [null, addDays(today, -1), today, addDays(today, 1)]) {
          if (
            (status === "active" && since === null) ||
            (["revoked", "expired"].includes(status) && until === null)
          ) {
            continue;
          }
          const works = await world.db.execute<{ works: boolean | null }>(
            sql`select coalesce(mandate_active_on(${status}, ${since}::date, ${until}::date, ${today}::date),
              false) as works`,
          );
          const { state } = mandateState({ status, since, until, toldOn: today }, today);
          expect([status, since, until, works[0]?.works]).toEqual([
            ...[status, since, until],
            ["active", "ending"].includes(state),
          ]);
        }
      }
    }
  });
});
