import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accounts, auditLog, deliveryChoices, deliveryPlans, imports } from "@/db/schema";
import { chooseDelivery } from "@/lib/delivery/commands/choose-delivery";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import {
  CHOICE_COLUMNS,
  type ChoiceSource,
  importChoices,
} from "@/lib/imports/commands/import-choices";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { faultSentence, ImportRefusedError } from "@/lib/imports/errors";
import { choicesFile, contractsFile, writeText } from "../factories/import-files";
import { makeCompany, makeContract, makeCustomer, makeHolder, must } from "../factories/people";
import { frozenRun } from "../factories/runs";
import { test, type World } from "../setup/database";

const OLD = "old-portal@posta.example";

const load = (
  world: World,
  company: string,
  file: string,
  over: { origin?: ChoiceSource; dryRun?: boolean } = {},
) => world.worker((ctx) => importChoices(ctx, { company, file, origin: "portal", ...over }));

async function refusal(world: World, company: string, file: string): Promise<string[]> {
  const error = await load(world, company, file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImportRefusedError);
  return (error as ImportRefusedError).faults.map(faultSentence);
}

const goLive = (world: World, over: Parameters<typeof makeCustomer>[1] = {}) =>
  makeCustomer(world.db, { ...over, contract: { contractNumber: "C-1", ...over.contract } });

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

async function modeAt({ db }: World, { company, contract }: Customer, at = new Date()) {
  const [row] = await db.execute<{ mode: string; email: string | null; reason: string }>(sql`
    select mode, email, reason from delivery_modes(${company.id}::smallint,
      array[${contract.id}]::uuid[], ${at.toISOString()}::timestamptz)`);
  return must(row);
}

const choicesOf = ({ db }: World, { contract }: Customer) =>
  db
    .select()
    .from(deliveryChoices)
    .where(eq(deliveryChoices.contractId, contract.id))
    .orderBy(deliveryChoices.chosenAt, deliveryChoices.id);

const ELECTRONIC = { mode: "electronic", email: OLD, reason: "chosen" };

describe("importChoices", () => {
  test("R8 R12 takes a choice over with its date, origin and file, and the next freeze sends there unconfirmed", async ({
    world,
  }) => {
    const customer = await goLive(world);
    const { id, slug } = customer.company;
    const outcome = await load(world, slug, await choicesFile({}));
    expect(outcome).toEqual({ rows: 1, added: 1, changed: 0, unchanged: 0 });
    const [file] = await world.db.select().from(imports).where(eq(imports.companyId, id));
    expect(await choicesOf(world, customer)).toMatchObject([
      {
        mode: "electronic",
        email: OLD,
        origin: "import",
        importId: must(file).id,
        accountId: null,
        noticeVersion: null,
        chosenAt: new Date("2026-02-28T23:00:00Z"),
      },
    ]);
    await world.worker((ctx) => frozenRun(ctx, slug));
    const [plan] = await world.db
      .select()
      .from(deliveryPlans)
      .where(eq(deliveryPlans.contractId, customer.contract.id));
    expect(plan).toMatchObject(ELECTRONIC);
    const [audit] = await world.db.select().from(auditLog).where(eq(auditLog.companyId, id));
    expect(audit).toMatchObject({ action: "imported_choices", detail: { rows: 1, added: 1 } });
  });

  test("R10 counts from its own instant on: a day is midnight in Rome, summer and winter", async ({
    world,
  }) => {
    const customer = await goLive(world);
    const file = await choicesFile(
      { chosen_at: "2026-07-01" },
      { chosen_at: "2025-12-01", mode: "paper", email: "" },
      { chosen_at: "2026-07-02T10:30:00+02:00", email: "Second@Posta.example " },
    );
    await load(world, customer.company.slug, file);
    const at = (instant: string) => modeAt(world, customer, new Date(instant));
    expect(await at("2025-11-30T22:59:59Z")).toMatchObject({ reason: "no_choice" });
    expect(await at("2025-11-30T23:00:00Z")).toMatchObject({ mode: "paper", reason: "chosen" });
    expect(await at("2026-06-30T21:59:59Z")).toMatchObject({ mode: "paper" });
    expect(await at("2026-06-30T22:00:00Z")).toEqual(ELECTRONIC);
    expect(await at("2026-07-02T08:29:59Z")).toEqual(ELECTRONIC);
    expect(await at("2026-07-02T08:30:00Z")).toMatchObject({ email: "second@posta.example" });
  });

  test("R9 R10 without an active mandate a choice taken over leads to paper, with the reason", async ({
    world,
  }) => {
    const customer = await goLive(world, { mandate: null });
    await load(world, customer.company.slug, await choicesFile({}));
    expect(await modeAt(world, customer)).toEqual({
      mode: "paper",
      email: null,
      reason: "no_mandate",
    });
  });

  test("the paper form's choices say so", async ({ world }) => {
    const customer = await goLive(world);
    const file = await choicesFile({});
    await load(world, customer.company.slug, file, { origin: "paper-form" });
    expect(await choicesOf(world, customer)).toMatchObject([{ origin: "paper_form" }]);
  });

  test("the same file again changes nothing, also when its contract changed hands since", async ({
    world,
  }) => {
    const { slug, id } = await makeCompany(world.db);
    await world.worker(async (ctx) =>
      importContracts(ctx, { company: slug, file: await contractsFile({}) }),
    );
    const file = await choicesFile({});
    await load(world, slug, file);
    const same = { rows: 1, added: 0, changed: 0, unchanged: 1 };
    expect(await load(world, slug, file)).toEqual(same);
    const moved = await contractsFile({ tax_id: "VRDGPP75B02F205A", holder_name: "Verdi" });
    await world.worker((ctx) => importContracts(ctx, { company: slug, file: moved }));
    expect(await load(world, slug, file)).toEqual(same);
    const [mode] = await world.db.execute(sql`select mode, reason
      from delivery_modes(${id}::smallint, null, clock_timestamp())`);
    expect(mode).toEqual({ mode: "paper", reason: "no_choice" });
    expect(await refusal(world, slug, await choicesFile({ chosen_at: "2026-04-01" }))).toEqual([
      expect.stringContaining("line 2, column chosen_at: is before C-1 changed hands on"),
    ]);
  });

  test("a corrected line of the same instant takes the place of the one before it", async ({
    world,
  }) => {
    const customer = await goLive(world);
    await load(world, customer.company.slug, await choicesFile({}));
    const mended = await choicesFile({ email: "mended@posta.example" });
    expect(await load(world, customer.company.slug, mended)).toMatchObject({ changed: 1 });
    expect(await load(world, customer.company.slug, mended)).toMatchObject({ unchanged: 1 });
    expect(await modeAt(world, customer)).toMatchObject({ email: "mended@posta.example" });
    expect(await choicesOf(world, customer)).toHaveLength(2);
  });

  test("R10 a customer's later own choice wins, whichever was written first", async ({ world }) => {
    const customer = await goLive(world);
    const { slug } = customer.company;
    await load(world, slug, await choicesFile({}));
    const own = { contractId: customer.contract.id, mode: "paper" as const, email: null };
    const chosen = await world.web(customer.actor, (ctx) =>
      chooseDelivery(ctx, { ...own, acceptedNotice: null }),
    );
    expect(chosen).toMatchObject({ ok: true, value: { changed: true } });
    await load(world, slug, await choicesFile({ chosen_at: "2026-08-01" }));
    expect(await modeAt(world, customer)).toMatchObject({ mode: "paper", reason: "chosen" });
  });

  test("R12 a plan frozen before a choice was taken over stays as it is", async ({ world }) => {
    const customer = await goLive(world);
    await world.worker((ctx) => frozenRun(ctx, customer.company.slug));
    await load(world, customer.company.slug, await choicesFile({}));
    expect(await modeAt(world, customer, new Date("2026-05-15T16:00:00Z"))).toEqual(ELECTRONIC);
    const [plan] = await world.db
      .select()
      .from(deliveryPlans)
      .where(eq(deliveryPlans.contractId, customer.contract.id));
    expect(plan).toMatchObject({ mode: "paper", reason: "no_choice" });
  });

  test("R7 what a deleted account took along does not come back with the file", async ({
    world,
  }) => {
    const customer = await goLive(world);
    const file = await choicesFile({}, { chosen_at: "2026-04-01" });
    await load(world, customer.company.slug, await choicesFile({}));
    await world.db
      .update(deliveryChoices)
      .set({ email: "pseudonym" })
      .where(eq(deliveryChoices.contractId, customer.contract.id));
    await world.db.insert(deliveryChoices).values({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      mode: "paper",
      origin: "account_deleted",
    });
    expect(await load(world, customer.company.slug, file)).toMatchObject({ unchanged: 2 });
    const kept = await choicesOf(world, customer);
    expect(kept.map(({ email }) => email)).toEqual(["pseudonym", null]);
  });

  test("R28 another company's contract of the same number is not touched, nor found", async ({
    world,
  }) => {
    const mine = await goLive(world);
    const theirs = await goLive(world);
    await load(world, theirs.company.slug, await choicesFile({}));
    expect(await choicesOf(world, mine)).toEqual([]);
    const { slug } = await makeCompany(world.db);
    expect(await refusal(world, slug, await choicesFile({}))).toEqual([
      `choices.csv, line 2, column contract_number: ${slug} has no contract "C-1"; import contracts first`,
    ]);
  });

  test("a dry run counts and changes nothing", async ({ world }) => {
    const customer = await goLive(world);
    const file = await choicesFile({});
    const outcome = await load(world, customer.company.slug, file, { dryRun: true });
    expect(outcome).toMatchObject({ added: 1 });
    expect(await choicesOf(world, customer)).toEqual([]);
  });

  test("every fault of the file is told with line and column, and nothing is changed", async ({
    world,
  }) => {
    const customer = await goLive(world);
    const { slug } = customer.company;
    expect(
      await refusal(
        world,
        slug,
        await choicesFile(
          {},
          { email: "" },
          { mode: "paper" },
          { mode: "fax" },
          { email: "a,b@posta.example" },
          { chosen_at: "2026-02-30" },
          { chosen_at: "2026-03-01T10:00" },
          { chosen_at: "1926-03-01" },
          { chosen_at: "2026-02-28T23:00:00Z" },
        ),
      ),
    ).toEqual([
      expect.stringContaining("line 3, column email: is empty, and electronic bills need"),
      expect.stringContaining("line 4, column email: must be empty where the mode is paper"),
      expect.stringContaining('line 5, column mode: "fax" is none of electronic, paper'),
      expect.stringContaining("line 6, column email: is not an e-mail address"),
      expect.stringContaining('line 7, column chosen_at: "2026-02-30" is neither a day'),
      expect.stringContaining('line 8, column chosen_at: "2026-03-01T10:00" is neither a day'),
      expect.stringContaining('line 9, column chosen_at: "1926-03-01" is neither a day'),
      expect.stringContaining("line 10, column chosen_at: C-1 has a choice of the same instant in"),
    ]);
    const future = await choicesFile({ contract_number: "C-9" }, { chosen_at: "2099-01-01" });
    expect(await refusal(world, slug, future)).toEqual([
      expect.stringContaining(`line 2, column contract_number: ${slug} has no contract "C-9"`),
      expect.stringContaining("line 3, column chosen_at: is in the future"),
    ]);
    expect(await choicesOf(world, customer)).toEqual([]);
  });

  test("R5 a contract that came with a later first day of its holder takes no earlier choice", async ({
    world,
  }) => {
    const company = await makeCompany(world.db);
    const { id: holderId } = await makeHolder(world.db);
    const contract = { companyId: company.id, holderId, contractNumber: "C-1" };
    await makeContract(world.db, { ...contract, startsOn: "2020-01-01", heldSince: "2026-03-02" });
    expect(await refusal(world, company.slug, await choicesFile({}))).toEqual([
      expect.stringContaining("is before C-1 changed hands on 2026-03-02"),
    ]);
    expect(
      await load(world, company.slug, await choicesFile({ chosen_at: "2026-03-02" })),
    ).toMatchObject({ added: 1 });
  });

  test("20,000 choices go in by a few statements, and an electronic customer's own stays", async ({
    world,
  }) => {
    const customer = await goLive(world, { contract: { contractNumber: "N-0" } });
    await world.db.execute(sql`insert into contracts (company_id, contract_number, customer_code,
        holder_id, commodity, supply_point, supply_address, billing_address, product, starts_on,
        held_since)
      select ${customer.company.id}::smallint, 'N-' || n, 'X', ${customer.holder.id}::uuid,
        'electricity', 'X', 'X', 'X', 'X', '2020-01-01', '2020-01-01'
      from generate_series(1, 19999) n`);
    // As the import of contracts does: foreign keys are looked up by plans made for fewer.
    await world.db.execute(sql`analyze contracts`);
    await world.web(customer.actor, (ctx) =>
      chooseDelivery(ctx, {
        contractId: customer.contract.id,
        mode: "electronic",
        email: null,
        acceptedNotice: NOTICE_VERSION,
      }),
    );
    const lines = Array.from(
      { length: 20_000 },
      (_, n) =>
        `N-${n};electronic;n-${n}@posta.example;2026-01-${String(1 + (n % 28)).padStart(2, "0")}`,
    );
    const file = await writeText(
      "choices.csv",
      [CHOICE_COLUMNS.join(";"), ...lines, ""].join("\n"),
    );
    expect(await load(world, customer.company.slug, file)).toMatchObject({ added: 20_000 });
    expect(await load(world, customer.company.slug, file)).toMatchObject({ unchanged: 20_000 });
    const [own] = await world.db
      .select({ email: accounts.email })
      .from(accounts)
      .where(eq(accounts.id, customer.account.id));
    expect(await modeAt(world, customer)).toMatchObject({ email: own?.email });
  });
});
