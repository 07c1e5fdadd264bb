import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { eq, type SQL, sql } from "drizzle-orm";
import { afterEach, describe, expect, vi } from "vitest";
import {
  addressSuspensions,
  auditLog,
  consumptionFindings,
  contractLinks,
  customerTokens,
  dataExports,
  deliveryChoices,
  documents,
  holders,
  mandateRequests,
  mandates,
  selfReadingPhotos,
  selfReadings,
} from "@/db/schema";
import { getProfile } from "@/lib/accounts/queries";
import { listOwnAccessLog } from "@/lib/accounts/queries/access-log";
import { listCustomerTokens } from "@/lib/accounts/queries/customer-tokens";
import { findLiveExport } from "@/lib/accounts/queries/data-exports";
import { isOwnTaxId, listAddableContracts } from "@/lib/accounts/queries/own-holder-contracts";
import type { CustomerActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { storeProfiles } from "@/lib/consumption/commands";
import { listDays, listMeteredContracts } from "@/lib/consumption/queries";
import { getAlertState } from "@/lib/consumption/queries/alerts";
import { getBilled } from "@/lib/consumption/queries/billed-parts";
import { listBilledPrices } from "@/lib/consumption/queries/billed-prices";
import { findDataExtent } from "@/lib/consumption/queries/data-extent";
import { findMeterToRead } from "@/lib/consumption/queries/self-readings";
import { listSupplyNews } from "@/lib/consumption/queries/supply-news";
import { findMeterPhoto, findReadingReceipt } from "@/lib/consumption/queries/told-readings";
import { findContract, findHolderName, listContracts } from "@/lib/contracts/queries/contracts";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { findRequestedMandate } from "@/lib/contracts/queries/mandate-requests";
import { listMandates } from "@/lib/contracts/queries/mandates";
import { listChoices, listDeliveries } from "@/lib/delivery/queries";
import { listEarnings } from "@/lib/delivery/queries/earnings";
import { listSuspendedAddresses } from "@/lib/delivery/queries/suspended-addresses";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { findPassport } from "@/lib/dispatches/queries/passport";
import { eachBill, listBillPdfs } from "@/lib/documents/queries/bill-files";
import { listBills, openArchive } from "@/lib/documents/queries/bill-list";
import { findBill, findBillPdf, findLatestBill } from "@/lib/documents/queries/bills";
import { listDueDates, listOpenBills } from "@/lib/documents/queries/due-dates";
import { listWithdrawn } from "@/lib/documents/queries/withdrawals";
import { NotFoundError } from "@/lib/errors";
import { findArchivedMail, listMailArchive } from "@/lib/mail/queries/mail-archive";
import { findCase, listOwnCases } from "@/lib/support/queries/cases";
import { addBillLines } from "../factories/bill-lines";
import { makeCase } from "../factories/cases";
import { makeDispatch } from "../factories/dispatches";
import {
  makeCompany,
  makeContract,
  makeCustomer,
  makeDocument,
  makeMandate,
  must,
} from "../factories/people";
import { makeDay } from "../factories/readings";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

/** The first wall, scope in the WHERE of each query: `down` makes every predicate say yes to everybody. */
const scope = vi.hoisted(() => ({
  down: false,
  /** A module's predicates behind the switch; what is no predicate stays. */
  switched<T extends Record<string, unknown>>(module: T, yes: SQL): T {
    const entries = Object.entries(module).map(([name, value]) => [
      name,
      typeof value === "function"
        ? (...given: unknown[]) => (scope.down ? yes : value(...given))
        : value,
    ]);
    return Object.fromEntries(entries) as T;
  },
}));
const SCOPES = [
  ...["accounts", "consumption", "contracts", "delivery", "dispatches", "documents", "support"],
];
vi.mock("@/lib/accounts/scope", async (real) => scope.switched(await real(), sql`true`));
vi.mock("@/lib/consumption/scope", async (real) => scope.switched(await real(), sql`true`));
vi.mock("@/lib/contracts/scope", async (real) => scope.switched(await real(), sql`true`));
vi.mock("@/lib/delivery/scope", async (real) => scope.switched(await real(), sql`true`));
vi.mock("@/lib/dispatches/scope", async (real) => scope.switched(await real(), sql`true`));
vi.mock("@/lib/documents/scope", async (real) => scope.switched(await real(), sql`true`));
vi.mock("@/lib/support/scope", async (real) => scope.switched(await real(), sql`true`));

afterEach(() => {
  scope.down = false;
});

/** The second wall, row-level security, off until the test's transaction is rolled back. */
const lowerSecondWall = ({ db }: World) =>
  db.execute(sql`do $$ declare one regclass; begin
    for one in select oid from pg_class where relrowsecurity
      and relnamespace = 'public'::regnamespace
    loop execute format('alter table %s disable row level security', one); end loop; end $$`);

const WH = 777;
const DAY = "2024-09-02";

/** A customer with one of everything that a query tells, and the words by which it would be known. */
async function makeOwner(world: World) {
  const { db } = world;
  const owner = await makeCustomer(db);
  const { company, contract, holder, account } = owner;
  await db.update(holders).set({ name: "Olga Proprietaria" }).where(eq(holders.id, holder.id));
  const of = { companyId: company.id, contractId: contract.id };
  const { document } = await makeDispatch(db, owner, {
    document: {
      ...{ storageKey: "a/b.pdf", discountCents: 4_321, issueDate: "2026-11-20" },
      ...{ consumption: "4321", consumptionUnit: "kWh" },
    },
  });
  const line = {
    section: "energy",
    description: "Energia",
    unit: "kWh",
    amountCents: 4_321,
  } as const;
  await addBillLines(db, [{ ...of, documentId: document.id, lineNumber: 1, ...line }]);
  const batch = await sendNext(world);
  const withdrawn = await makeDocument(db, { ...of, holderId: holder.id });
  await db.update(documents).set({ withdrawnAt: new Date() }).where(eq(documents.id, withdrawn.id));
  await db.insert(deliveryChoices).values({
    ...of,
    accountId: account.id,
    mode: "electronic",
    noticeVersion: NOTICE_VERSION,
    origin: "customer",
    email: account.email,
  });
  await db.insert(addressSuspensions).values({ email: account.email, reason: "hard_bounce" });
  await world.worker((ctx) => storeProfiles(ctx, [makeDay(owner, DAY, WH)]));
  await db
    .update(mandates)
    .set({ status: "revoked", until: "2026-01-31" })
    .where(eq(mandates.contractId, contract.id));
  const [request] = await db
    .insert(mandateRequests)
    .values({
      ...{ ...of, holderId: holder.id, accountId: account.id },
      ...{ debtor: "Olga Proprietaria", iban: "IT60X0542811101000000123456" },
    })
    .returning();
  await db.insert(consumptionFindings).values({
    ...{ ...of, kind: "more_than_usual", fromDay: DAY, toDay: "2099-01-01" },
    ...{ measured: 4_321, usual: 1 },
  });
  const receiptCode = `AL-${account.id.slice(-10)}`;
  const [reading] = await db
    .insert(selfReadings)
    .values({
      ...{ ...of, accountId: account.id, readOn: DAY, countThousandths: 4_321 },
      receiptCode,
      ...{ contractNumber: contract.contractNumber, commodity: contract.commodity },
    })
    .returning();
  await db.insert(selfReadingPhotos).values({
    ...{ ...of, accountId: account.id, readingId: must(reading).id, kind: "jpeg" },
    storageKey: "meter-photos/4321",
  });
  await db.insert(customerTokens).values({
    ...{ accountId: account.id, purpose: "calendar", name: "telefono di Olga Proprietaria" },
    secretHash: randomBytes(32),
  });
  const written = await makeCase(db, company, {
    ...{ accountId: account.id, contractId: contract.id, email: account.email },
    name: "Olga Proprietaria",
  });
  // Told apart by a number that is one of the marks.
  await db.insert(auditLog).values({
    ...{ actorKind: "system", action: "tested", subjectKind: "account", subjectId: account.id },
    detail: { contracts: 4321 },
  });
  const [ownData] = await db
    .insert(dataExports)
    .values({ accountId: account.id, expiresAt: new Date(Date.now() + 3_600_000) })
    .returning();
  const ofHolder = { companyId: company.id, holderId: holder.id };
  const addable = await makeContract(db, ofHolder);
  await makeMandate(db, { ...ofHolder, contractId: addable.id });
  // A company that the other customer has nothing with; the first by name.
  const second = await makeCompany(db, { name: "Acque di Olga Proprietaria" });
  const further = await makeContract(db, { companyId: second.id, holderId: holder.id });
  await db
    .insert(contractLinks)
    .values({ companyId: second.id, contractId: further.id, accountId: account.id });
  return {
    owner,
    ids: {
      ...{ ...of, taxId: holder.taxId },
      company: company.slug,
      billId: document.id,
      mail: { documentId: document.id, batchId: batch.id },
      requestId: must(request).id,
      receiptCode,
      caseId: written.id,
    },
    marks: [
      ...[account.email, holder.taxId, contract.contractNumber, "Olga Proprietaria"],
      ...[document.billNumber, withdrawn.billNumber, withdrawn.id, String(WH * 96), "4321", DAY],
      ...[must(request).id, must(ownData).id, addable.contractNumber],
    ],
  };
}

type Ids = Awaited<ReturnType<typeof makeOwner>>["ids"];
type Query = (ctx: Context<CustomerActor>, ids: Ids) => Promise<unknown>;

/** Every query of a customer's pages, asked with the owner's ids where it takes any. */
const QUERIES: Record<string, Query> = {
  getProfile: (ctx) => getProfile(ctx),
  listBills: (ctx) => listBills(ctx),
  "listBills of a contract": (ctx, { contractId: contract }) =>
    listBills(ctx, { filter: { contract } }),
  // What it lists is listBills' own: the facets alone are looked at.
  openArchive: async (ctx) => (await openArchive(ctx, { filter: { q: "€" } })).facets,
  listBillPdfs: (ctx) => listBillPdfs(ctx, {}, 10),
  eachBill: async (ctx) => (await eachBill(ctx, {}).next()).value ?? null,
  findLatestBill: (ctx) => findLatestBill(ctx),
  findBill: (ctx, { billId }) => findBill(ctx, billId),
  findBillPdf: (ctx, { billId }) => findBillPdf(ctx, billId),
  listWithdrawn: (ctx) => listWithdrawn(ctx),
  findPassport: (ctx, { billId }) => findPassport(ctx, billId),
  listContracts: (ctx) => listContracts(ctx),
  findContract: (ctx, { contractId }) => findContract(ctx, contractId),
  findHolderName: (ctx) => findHolderName(ctx),
  listMandates: (ctx, { company }) => listMandates(ctx, company),
  listMandateEnds: (ctx) => listMandateEnds(ctx),
  findRequestedMandate: (ctx, { company, requestId }) =>
    findRequestedMandate(ctx, { company, requestId }),
  listMeteredContracts: (ctx) => listMeteredContracts(ctx),
  listDays: (ctx, { companyId, contractId }) =>
    listDays(ctx, [{ companyId, contractId }], [{ from: DAY, to: DAY }]),
  listBilledPrices: (ctx, { companyId, contractId }) =>
    listBilledPrices(ctx, [{ companyId, contractId }], { from: "2026-01-01", to: "2026-12-31" }),
  getBilled: async (ctx, { companyId, contractId }) =>
    (await getBilled(ctx, { companyId, contractId })).bills,
  findDataExtent: (ctx, { companyId, contractId }) =>
    findDataExtent(ctx, { companyId, contractId }),
  getAlertState: (ctx, { companyId, contractId }) => getAlertState(ctx, { companyId, contractId }),
  findMeterToRead: (ctx, { companyId, contractId }) =>
    findMeterToRead(ctx, { companyId, contractId }, "2026-11-20"),
  findReadingReceipt: (ctx, { receiptCode }) => findReadingReceipt(ctx, receiptCode),
  findMeterPhoto: (ctx, { receiptCode }) => findMeterPhoto(ctx, receiptCode),
  listOwnCases: (ctx) => listOwnCases(ctx, { kind: "complaint" }),
  findCase: (ctx, { caseId }) => findCase(ctx, caseId),
  listCustomerTokens: (ctx) => listCustomerTokens(ctx),
  listDueDates: (ctx) => listDueDates(ctx, "2026-11-20"),
  listOpenBills: (ctx) => listOpenBills(ctx, 10),
  listSupplyNews: (ctx) => listSupplyNews(ctx, "2026-11-20"),
  listDeliveries: (ctx, { contractId }) => listDeliveries(ctx, { contractId }),
  listChoices: (ctx, { contractId }) => listChoices(ctx, { contractIds: [contractId] }),
  listEarnings: (ctx, { contractId }) => listEarnings(ctx, { contractIds: [contractId] }),
  listSuspendedAddresses: (ctx) => listSuspendedAddresses(ctx),
  listMailArchive: (ctx) => listMailArchive(ctx, { page: 0 }),
  findArchivedMail: (ctx, { mail }) => findArchivedMail(ctx, mail),
  listOwnAccessLog: (ctx) => listOwnAccessLog(ctx),
  findLiveExport: (ctx) => findLiveExport(ctx),
  listAddableContracts: (ctx) => listAddableContracts(ctx),
  isOwnTaxId: async (ctx, { taxId }) => ((await isOwnTaxId(ctx, taxId)) ? taxId : null),
};
/** A query whose context may be a customer's, in its source. */
const CUSTOMERS_QUERY =
  /export async function (\w+)\(\s*ctx: Context(?:<[^>]*CustomerActor[^>]*>)?[,)\s]/g;
/** They ask for the actor's account or holder by its id, and by nothing that scope adds. */
const BY_OWN_ID = [
  ...["findHolderName", "listSuspendedAddresses", "listOwnAccessLog"],
  ...["listAddableContracts", "isOwnTaxId"],
];

/** The queries whose answer to somebody holds a word of the owner's. */
async function tellsOfOwner(
  world: World,
  actor: CustomerActor,
  { ids, marks }: Awaited<ReturnType<typeof makeOwner>>,
): Promise<string[]> {
  const telling: string[] = [];
  for (const [name, query] of Object.entries(QUERIES)) {
    const answer = await world
      .web(actor, (ctx) => query(ctx, ids))
      .catch((error: unknown) => {
        if (error instanceof NotFoundError) {
          return null;
        }
        throw error;
      });
    const text = JSON.stringify(answer);
    if (marks.some((mark) => text.includes(mark))) {
      telling.push(name);
    }
  }
  return telling;
}

describe("R28 each wall alone", () => {
  test("every domain's scope is behind the switch", () => {
    const root = path.resolve(import.meta.dirname, "../../lib");
    const found = readdirSync(root).filter((domain) => existsSync(`${root}/${domain}/scope.ts`));
    expect(found.sort()).toEqual(SCOPES);
  });

  test("every query that a customer may ask is asked", () => {
    const root = path.resolve(import.meta.dirname, "../../lib");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" });
    const names = files
      .filter((file) => /^\w+\/queries(\.ts|\/[\w-]+\.ts)$/.test(file))
      .flatMap((file) => [...readFileSync(`${root}/${file}`, "utf8").matchAll(CUSTOMERS_QUERY)])
      .map(([, name]) => name);
    expect(Object.keys(QUERIES)).toEqual(expect.arrayContaining(names));
    expect(names.length).toBeGreaterThan(20);
  });

  test("with scope taken out, row-level security shows each customer their own", async ({
    world,
  }) => {
    const made = await makeOwner(world);
    const other = await makeCustomer(world.db, { company: made.owner.company });
    scope.down = true;
    expect(await tellsOfOwner(world, other.actor, made)).toEqual([]);
    expect(await tellsOfOwner(world, made.owner.actor, made)).toEqual(Object.keys(QUERIES));
  });

  test("with row-level security off, scope shows each customer their own", async ({ world }) => {
    const made = await makeOwner(world);
    const other = await makeCustomer(world.db, { company: made.owner.company });
    await lowerSecondWall(world);
    expect(await tellsOfOwner(world, other.actor, made)).toEqual([]);
    expect(await tellsOfOwner(world, made.owner.actor, made)).toEqual(Object.keys(QUERIES));
  });

  test("with both down everybody sees everything: it was the walls that held", async ({
    world,
  }) => {
    const made = await makeOwner(world);
    const other = await makeCustomer(world.db, { company: made.owner.company });
    scope.down = true;
    await lowerSecondWall(world);
    expect(await tellsOfOwner(world, other.actor, made)).toEqual(
      Object.keys(QUERIES).filter((name) => !BY_OWN_ID.includes(name)),
    );
  });
});
