import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import {
  accounts,
  companies,
  contractLinks,
  contracts,
  documents,
  holders,
  mandates,
  staff,
} from "@/db/schema";
import type { CustomerActor, StaffActor, StaffRole } from "@/lib/auth/actor";

let serial = 0;
const next = () => {
  serial += 1;
  return `${process.pid}${String(serial).padStart(5, "0")}`;
};

type Insert<T extends { $inferInsert: unknown }> = Partial<T["$inferInsert"]>;

export async function makeCompany(db: Transaction, over: Insert<typeof companies> = {}) {
  const [company] = await db
    .insert(companies)
    .values({
      slug: `company-${next()}`,
      name: "Energia di Prova",
      accentColor: "#0b5a68",
      vatNumber: "01234567897",
      creditorId: "IT60ZZZ0000001234567897",
      senderEmail: "bollette@energia-di-prova.example",
      supportPhone: "800 000 001",
      faultPhone: "800 000 002",
      customerCodePattern: "^[0-9]{9}$",
      customerCodeExample: "100200300",
      billNumberExample: "E2026000123",
      ...over,
    })
    .returning();
  return must(company);
}

export async function makeHolder(db: Transaction, over: Insert<typeof holders> = {}) {
  const [holder] = await db
    .insert(holders)
    .values({ taxId: `T${next()}`, name: "Prova Persona", ...over })
    .returning();
  return must(holder);
}

export async function makeContract(
  db: Transaction,
  over: Insert<typeof contracts> & { companyId: number; holderId: string },
) {
  const [contract] = await db
    .insert(contracts)
    .values({
      contractNumber: `C${next()}`,
      customerCode: next().slice(-9).padStart(9, "1"),
      commodity: "electricity",
      supplyPoint: "IT001E00000001",
      supplyAddress: "Via Inventata 1, 00100 Roma",
      billingAddress: "Via Inventata 1, 00100 Roma",
      product: "Luce Chiara",
      startsOn: "2020-01-01",
      heldSince: "2020-01-01",
      ...over,
    })
    .returning();
  return must(contract);
}

export async function makeMandate(
  db: Transaction,
  over: Insert<typeof mandates> & { companyId: number; contractId: string; holderId: string },
) {
  const [mandate] = await db
    .insert(mandates)
    .values({
      reference: `UMR${next()}`,
      iban: "IT60X0542811101000000123456",
      debtor: "Prova Persona",
      creditorId: "IT60ZZZ0000001234567897",
      status: "active",
      since: "2020-01-01",
      ...over,
    })
    .returning();
  return must(mandate);
}

export async function makeAccount(
  db: Transaction,
  over: Insert<typeof accounts> & { holderId: string },
) {
  const [account] = await db
    .insert(accounts)
    .values({
      email: `persona-${next()}@posta.example`,
      passwordHash: "$argon2id$no-password",
      language: "it",
      ...over,
    })
    .returning();
  return must(account);
}

export async function makeDocument(
  db: Transaction,
  over: Insert<typeof documents> & { companyId: number; contractId: string; holderId: string },
) {
  const [document] = await db
    .insert(documents)
    .values({
      kind: "bill",
      billNumber: `B${next()}`,
      contractNumber: "C1",
      commodity: "electricity",
      supplyPoint: "IT001E00000001",
      supplyAddress: "Via Inventata 1, 00100 Roma",
      origin: "archive",
      issueDate: "2026-10-20",
      dueDate: "2026-11-12",
      periodFrom: "2026-09-01",
      periodTo: "2026-09-30",
      totalCents: 12_345,
      publishedAt: new Date("2026-10-21T08:00:00Z"),
      ...over,
    })
    .returning();
  return must(document);
}

export async function makeStaff(db: Transaction, role: StaffRole): Promise<StaffActor> {
  const [row] = await db
    .insert(staff)
    .values({
      email: `staff-${next()}@sportello.example`,
      name: "Prova Operatrice",
      role,
      passwordHash: "$argon2id$no-password",
    })
    .returning();
  const { id, name, email } = must(row);
  return { kind: "staff", staffId: id, sessionId: uuidv7(), role, name, email };
}

/** A company, and a holder with one contract under an active mandate in an account of their own. */
export async function makeCustomer(
  db: Transaction,
  over: {
    company?: typeof companies.$inferSelect;
    contract?: Insert<typeof contracts>;
    mandate?: Insert<typeof mandates> | null;
    account?: Insert<typeof accounts>;
  } = {},
) {
  const company = over.company ?? (await makeCompany(db));
  const holder = await makeHolder(db);
  const contract = await makeContract(db, {
    companyId: company.id,
    holderId: holder.id,
    ...over.contract,
  });
  const mandate =
    over.mandate === null
      ? null
      : await makeMandate(db, {
          companyId: company.id,
          contractId: contract.id,
          holderId: holder.id,
          ...over.mandate,
        });
  const account = await makeAccount(db, { holderId: holder.id, ...over.account });
  await db
    .insert(contractLinks)
    .values({ companyId: company.id, contractId: contract.id, accountId: account.id });
  const actor: CustomerActor = {
    kind: "customer",
    accountId: account.id,
    holderId: holder.id,
    sessionId: uuidv7(),
    email: account.email,
    language: account.language,
  };
  return { company, holder, contract, mandate, account, actor };
}

export function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) {
    throw new Error("the database returned no row");
  }
  return value;
}
