import { sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import {
  accounts,
  addressSuspensions,
  deliveryAddresses,
  deliveryChoices,
  discounts,
  invoicingRuns,
  type mandates,
} from "@/db/schema";
import {
  makeCompany,
  makeContract,
  makeCustomer,
  makeHolder,
  makeMandate,
} from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const CHOSEN = new Date("2026-05-04T10:00:00Z");

async function modeAt({ db }: World, { company, contract }: Customer, instant: string) {
  const [row] = await db.execute<{
    mode: string;
    reason: string;
    email: string | null;
    discount_cents: number;
  }>(sql`select mode, reason, email, discount_cents
    from delivery_modes(${company.id}::smallint, array[${contract.id}]::uuid[], ${instant}::timestamptz)`);
  return row;
}

function choose(
  { db }: World,
  customer: Customer,
  over: Partial<typeof deliveryChoices.$inferInsert> = {},
) {
  return db.insert(deliveryChoices).values({
    companyId: customer.company.id,
    contractId: customer.contract.id,
    accountId: customer.account.id,
    mode: "electronic",
    noticeVersion: "2026-11",
    origin: "customer",
    chosenAt: CHOSEN,
    ...over,
  });
}

const suspend = ({ db }: World, email: string, liftedAt: string | null = null) =>
  db.insert(addressSuspensions).values({
    email,
    reason: "hard_bounce",
    suspendedAt: new Date("2026-06-01T08:00:00Z"),
    liftedAt: liftedAt === null ? null : new Date(liftedAt),
  });

const confirm = ({ db }: World, { account }: Customer, email: string, at: string | null) =>
  db.insert(deliveryAddresses).values({
    accountId: account.id,
    email,
    confirmedAt: at === null ? null : new Date(at),
  });

interface Case {
  name: string;
  mandate?: Partial<typeof mandates.$inferInsert> | null;
  given: (world: World, customer: Customer) => Promise<unknown>;
  /** Instant → mode and reason; an instant is UTC, mandates' days are Rome's. */
  verdicts: Record<string, `${"electronic" | "paper"} ${string}`>;
}

const CASES: Case[] = [
  {
    name: "R8 without a choice a contract is on paper",
    given: async () => {},
    verdicts: { "2026-06-15T16:00:00Z": "paper no_choice" },
  },
  {
    name: "R10 a choice counts from its own instant on, not before",
    given: choose,
    verdicts: {
      "2026-05-04T09:59:59.999Z": "paper no_choice",
      "2026-05-04T10:00:00Z": "electronic chosen",
      "2030-01-01T00:00:00Z": "electronic chosen",
    },
  },
  {
    name: "R10 the last choice at an instant decides",
    given: async (world, customer) => {
      await choose(world, customer);
      await choose(world, customer, { mode: "paper", chosenAt: new Date("2026-06-01T00:00:00Z") });
      await choose(world, customer, { chosenAt: new Date("2026-07-01T00:00:00Z") });
    },
    verdicts: {
      "2026-05-31T23:59:59Z": "electronic chosen",
      "2026-06-01T00:00:00Z": "paper chosen",
      "2026-07-01T00:00:00Z": "electronic chosen",
    },
  },
  {
    name: "R10 of two choices of the same instant the later row decides",
    given: async (world, customer) => {
      await choose(world, customer, { mode: "paper", id: "019aa0f0-0000-7000-8000-000000000002" });
      await choose(world, customer, { id: "019aa0f0-0000-7000-8000-000000000001" });
    },
    verdicts: { "2026-06-15T16:00:00Z": "paper chosen" },
  },
  {
    name: "R9 R10 no mandate: paper",
    mandate: null,
    given: choose,
    verdicts: { "2026-06-15T16:00:00Z": "paper no_mandate" },
  },
  {
    name: "R10 a mandate only requested is not active",
    mandate: { status: "requested" },
    given: choose,
    verdicts: { "2026-06-15T16:00:00Z": "paper no_mandate" },
  },
  {
    name: "R10 a rejected mandate is not active",
    mandate: { status: "rejected" },
    given: choose,
    verdicts: { "2026-06-15T16:00:00Z": "paper no_mandate" },
  },
  {
    name: "R10 a mandate begins with its first day in Rome, winter time",
    mandate: { since: "2026-12-01" },
    given: choose,
    verdicts: {
      "2026-11-30T22:59:59Z": "paper no_mandate",
      "2026-11-30T23:00:00Z": "electronic chosen",
    },
  },
  {
    name: "R10 R14 a revoked mandate ends with the day before `until` in Rome, summer time",
    mandate: { status: "revoked", until: "2026-07-01" },
    given: choose,
    verdicts: {
      "2026-06-30T21:59:59Z": "electronic chosen",
      "2026-06-30T22:00:00Z": "paper mandate_ended",
    },
  },
  {
    name: "R10 an expired mandate is an ended one",
    mandate: { status: "expired", until: "2026-06-01" },
    given: choose,
    verdicts: { "2026-06-15T16:00:00Z": "paper mandate_ended" },
  },
  {
    name: "R10 a new mandate takes the place of an ended one",
    mandate: { status: "revoked", until: "2026-06-01" },
    given: async (world, customer) => {
      await choose(world, customer);
      await makeMandate(world.db, {
        companyId: customer.company.id,
        contractId: customer.contract.id,
        holderId: customer.holder.id,
        since: "2026-07-01",
      });
    },
    verdicts: {
      "2026-06-15T16:00:00Z": "paper mandate_ended",
      "2026-07-15T16:00:00Z": "electronic chosen",
    },
  },
  {
    name: "R10 another contract's mandate does not count",
    mandate: null,
    given: async (world, customer) => {
      await choose(world, customer);
      const own = { companyId: customer.company.id, holderId: customer.holder.id };
      const other = await makeContract(world.db, own);
      await makeMandate(world.db, { ...own, contractId: other.id });
    },
    verdicts: { "2026-06-15T16:00:00Z": "paper no_mandate" },
  },
  {
    name: "R5 R9 R10 a former holder's mandate on the contract does not count, nor has it ended",
    mandate: null,
    given: async (world, customer) => {
      await choose(world, customer);
      const former = await makeHolder(world.db);
      const theirs = {
        companyId: customer.company.id,
        contractId: customer.contract.id,
        holderId: former.id,
      };
      await makeMandate(world.db, { ...theirs, status: "revoked", until: "2030-01-01" });
      await makeMandate(world.db, { ...theirs, status: "revoked", until: "2026-01-01" });
    },
    verdicts: { "2026-06-15T16:00:00Z": "paper no_mandate" },
  },
  {
    name: "R10 R19 a suspended address means paper, until the suspension is lifted",
    given: async (world, customer) => {
      await choose(world, customer);
      await suspend(world, customer.account.email, "2026-07-01T08:00:00Z");
    },
    verdicts: {
      "2026-06-01T07:59:59Z": "electronic chosen",
      "2026-06-01T08:00:00Z": "paper address_suspended",
      "2026-07-01T08:00:00Z": "electronic chosen",
    },
  },
  {
    name: "R10 the suspension of another address changes nothing",
    given: async (world, customer) => {
      await choose(world, customer);
      await suspend(world, "somebody-else@posta.example");
    },
    verdicts: { "2026-06-15T16:00:00Z": "electronic chosen" },
  },
  {
    name: "R19 no other address silently takes the place of a suspended one",
    given: async (world, customer) => {
      await choose(world, customer, { email: "bills@posta.example" });
      await confirm(world, customer, "bills@posta.example", "2026-05-05T00:00:00Z");
      await suspend(world, "bills@posta.example");
    },
    verdicts: { "2026-06-15T16:00:00Z": "paper address_suspended" },
  },
  {
    name: "R7 R10 a deleted account's contracts are on paper from its deletion on",
    given: async (world, customer) => {
      await choose(world, customer);
      await world.db
        .update(accounts)
        .set({ deletedAt: new Date("2026-06-01T08:00:00Z"), passwordHash: null })
        .where(sql`id = ${customer.account.id}`);
    },
    verdicts: {
      "2026-06-01T07:59:59Z": "electronic chosen",
      "2026-06-01T08:00:00Z": "paper account_deleted",
    },
  },
  {
    name: "R7 R10 the choice that a deletion leaves says so",
    given: (world, customer) =>
      choose(world, customer, { origin: "account_deleted", mode: "paper", accountId: null }),
    verdicts: { "2026-06-15T16:00:00Z": "paper account_deleted" },
  },
  {
    name: "R5 R10 after a change of holder there is no choice",
    given: async (world, customer) => {
      await choose(world, customer);
      await choose(world, customer, {
        origin: "holder_changed",
        mode: "paper",
        chosenAt: new Date("2026-06-01T00:00:00Z"),
      });
    },
    verdicts: { "2026-06-15T16:00:00Z": "paper no_choice" },
  },
];

describe("delivery_modes", () => {
  for (const { name, mandate, given, verdicts } of CASES) {
    test(name, async ({ world }) => {
      const customer = await makeCustomer(world.db, { mandate });
      await given(world, customer);
      for (const [instant, verdict] of Object.entries(verdicts)) {
        const row = await modeAt(world, customer, instant);
        expect(`${row?.mode} ${row?.reason}`, instant).toBe(verdict);
        expect(row?.email, instant).toBe(row?.mode === "paper" ? null : customer.account.email);
      }
    });
  }

  test("R8 a dedicated address counts from its confirmation on; until then the account's", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer, { email: "bills@posta.example" });
    await confirm(world, customer, "bills@posta.example", "2026-06-01T08:00:00Z");
    const before = await modeAt(world, customer, "2026-06-01T07:59:59Z");
    const after = await modeAt(world, customer, "2026-06-01T08:00:00Z");
    expect([before?.email, after?.email]).toEqual([customer.account.email, "bills@posta.example"]);
  });

  test("R8 an address that only another account confirmed does not count", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db);
    await choose(world, customer, { email: "bills@posta.example" });
    await confirm(world, customer, "bills@posta.example", null);
    await confirm(world, other, "bills@posta.example", "2026-05-01T00:00:00Z");
    expect((await modeAt(world, customer, "2026-06-15T16:00:00Z"))?.email).toBe(
      customer.account.email,
    );
  });

  test("R10 a choice taken over from elsewhere leads to its own address", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await choose(world, customer, {
      accountId: null,
      origin: "import",
      noticeVersion: null,
      email: "old-portal@posta.example",
    });
    expect(await modeAt(world, customer, "2026-06-15T16:00:00Z")).toMatchObject({
      mode: "electronic",
      email: "old-portal@posta.example",
    });
  });

  test("R10 an electronic choice without account or address is refused, so that no freeze meets it", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const nowhere = { accountId: null, origin: "import", noticeVersion: null } as const;
    const attempt = world.db.transaction(
      async (tx) => await choose({ ...world, db: tx }, customer, nowhere),
    );
    await expect(attempt).rejects.toMatchObject({
      cause: { constraint_name: "delivery_choices_electronic_has_an_address" },
    });
    await choose(world, customer, { ...nowhere, mode: "paper" });
  });

  test("R12 without a list every contract active on that day in Rome is judged", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const running = await makeCustomer(world.db, { company });
    const lastDay = await makeCustomer(world.db, { company, contract: { endsOn: "2026-06-15" } });
    await makeCustomer(world.db, { company, contract: { endsOn: "2026-06-14" } });
    await makeCustomer(world.db, { company, contract: { startsOn: "2026-06-16" } });
    const rows = await world.db.execute<{ contract_id: string }>(
      sql`select contract_id from delivery_modes(${company.id}::smallint, null, '2026-06-15T21:59:59Z')`,
    );
    expect(rows.map(({ contract_id }) => contract_id).sort()).toEqual(
      [running.contract.id, lastDay.contract.id].sort(),
    );
  });

  test("R13 electronic earns the dated discount of its commodity, paper earns and costs nothing", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const offer = {
      companyId: customer.company.id,
      commodity: "electricity",
      basis: "per_bill",
    } as const;
    await world.db.insert(discounts).values([
      { ...offer, amountCents: 50, validFrom: "2026-01-01", validUntil: "2026-07-01" },
      { ...offer, amountCents: 70, validFrom: "2026-07-01" },
      { ...offer, commodity: "gas", amountCents: 999, validFrom: "2026-08-01" },
    ]);
    await choose(world, customer);
    await choose(world, customer, { mode: "paper", chosenAt: new Date("2026-09-01T00:00:00Z") });
    const cents = async (at: string) => (await modeAt(world, customer, at))?.discount_cents;
    expect(await cents("2026-06-30T21:59:59Z")).toBe(50);
    expect(await cents("2026-06-30T22:00:00Z")).toBe(70);
    expect(await cents("2026-08-15T00:00:00Z")).toBe(70);
    expect(await cents("2026-09-15T16:00:00Z")).toBe(0);
  });

  test("R13 the model knows no paper fee: a discount is above zero, and nothing is called a fee", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    await expect(
      world.db.transaction((tx) =>
        tx.insert(discounts).values({
          companyId: company.id,
          commodity: "electricity",
          amountCents: -100,
          basis: "per_bill",
          validFrom: "2026-01-01",
        }),
      ),
    ).rejects.toThrow();
    const fees = await world.db.execute(sql`
      select table_name, column_name from information_schema.columns
      where table_schema = 'public' and column_name ~ '(fee|charge|surcharge)'`);
    expect(fees).toHaveLength(0);
  });
});

describe("next_cut_off", () => {
  async function nextCutOff({ db }: World, companyId: number, instant: string) {
    const [row] = await db.execute<{ at: string }>(
      sql`select next_cut_off(${companyId}::smallint, ${instant}::timestamptz) as at`,
    );
    return row ? new Date(row.at).toISOString() : null;
  }

  test("R11 names this month's cut-off before it and the next month's from it on, across the clock change", async ({
    world,
  }) => {
    const { id } = await makeCompany(world.db, { cutOffDay: 15, cutOffHour: 18 });
    // 18:00 in Rome is 16:00 UTC in October and 17:00 in November.
    expect(await nextCutOff(world, id, "2026-10-15T16:00:00Z")).toBe("2026-10-15T16:00:00.000Z");
    expect(await nextCutOff(world, id, "2026-10-15T16:00:00.001Z")).toBe(
      "2026-11-15T17:00:00.000Z",
    );
    expect(await nextCutOff(world, id, "2026-12-31T23:30:00Z")).toBe("2027-01-15T17:00:00.000Z");
  });

  test("R11 a run opened for another time takes the place of its month's", async ({ world }) => {
    const { id } = await makeCompany(world.db, { cutOffDay: 15, cutOffHour: 18 });
    const run = { companyId: id, name: "2026-11", cutOffAt: new Date("2026-11-17T11:00:00Z") };
    await world.db.insert(invoicingRuns).values(run);
    expect(await nextCutOff(world, id, "2026-11-01T00:00:00Z")).toBe("2026-11-17T11:00:00.000Z");
    expect(await nextCutOff(world, id, "2026-11-17T11:00:00.001Z")).toBe(
      "2026-12-15T17:00:00.000Z",
    );
  });

  test("R11 a cancelled run and a frozen one are passed over", async ({ world }) => {
    const { id } = await makeCompany(world.db, { cutOffDay: 15, cutOffHour: 18 });
    await world.db.insert(invoicingRuns).values([
      {
        companyId: id,
        name: "2026-11",
        cutOffAt: new Date("2026-11-15T17:00:00Z"),
        state: "cancelled",
        cancelReason: "of the test",
      },
      {
        companyId: id,
        name: "2026-12",
        cutOffAt: new Date("2026-12-15T17:00:00Z"),
        state: "frozen",
      },
    ]);
    expect(await nextCutOff(world, id, "2026-11-01T00:00:00Z")).toBe("2027-01-15T17:00:00.000Z");
  });
});
