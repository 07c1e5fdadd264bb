import { and, desc, eq, inArray } from "drizzle-orm";
import type { Database, DbOrTx } from "@/db/client";
import {
  companies,
  contracts,
  discounts,
  documents,
  emissionFactors,
  selfReadingWindows,
} from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffRole, SystemActor } from "@/lib/auth/actor";
import { inTransaction, type TxContext } from "@/lib/auth/context";
import { storeProfiles } from "@/lib/consumption/commands";
import { importBillLines } from "@/lib/imports/commands/import-bill-lines";
import { importBills } from "@/lib/imports/commands/import-bills";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { scheduleRuns } from "@/lib/runs/commands/schedule-runs";
import { romeDay } from "@/lib/time";
import { seedBills } from "./bills";
import { seedCases } from "./cases";
import { CUSTOMERS } from "./customers";
import { DISCOUNTS, EMISSION_FACTORS, GROUP, READING_WINDOWS, SUPPLIED_BY } from "./group";
import { writeImportFiles } from "./import-files";
import {
  CUSTOMER_PASSWORD,
  STAFF,
  STAFF_PASSWORD,
  type StoredContract,
  seedLogins,
} from "./logins";
import { type GroupReadings, readMeters } from "./readings";
import { monthsFrom, type SuppliedContract, suppliedContracts } from "./supplied";

/** What can be tried with the demo's world; the body of `demo.json`. */
export interface DemoWorld {
  customers: { email: string; password: string; contracts: string[] }[];
  unregistered: {
    company: string;
    taxId: string;
    customerCode: string;
    billNumber: string;
    /** Whether a direct debit is active, so that registering ends well (R2). */
    mandate: boolean;
  }[];
  staff: { role: StaffRole; email: string; password: string; totpSecret: string }[];
  companies: string[];
}

/** How long ago the demo's customers registered. */
const REGISTERED_MONTHS_AGO = 15;

/**
 * Makes the Gruppo Valfiorita in an empty database: one transaction, so it is there whole or not at
 * all. `folder` takes the files of the imports. Dates are counted from `now`, in Rome.
 */
export async function seedDemoWorld(
  db: Database,
  { folder, now }: { folder: string; now: Date },
): Promise<DemoWorld> {
  const today = romeDay(now);
  const electronicSince = monthsFrom(today, -REGISTERED_MONTHS_AGO);
  const supplied = suppliedContracts(today);
  const readings = readMeters(supplied, today);
  const bills = seedBills(supplied, readings.meter, today, electronicSince);
  const actor: SystemActor = { kind: "system", name: "seed" };
  await inTransaction({ db, actor }, async (tx) => {
    await seedCompanies(tx);
    for (const { slug } of GROUP) {
      const files = await writeImportFiles(
        folder,
        slug,
        supplied.filter((contract) => contract.company === slug),
        readings.annualUse,
        bills.filter(({ contract }) => contract.company === slug),
      );
      await importContracts(tx, { company: slug, file: files.contracts });
      await importBills(tx, {
        company: slug,
        file: files.bills,
        target: { kind: "archive" },
        documents: files.documents,
      });
      await importBillLines(tx, { company: slug, file: files.billLines });
    }
    const stored = await storedContracts(tx);
    await seedReadings(tx, supplied, stored, readings);
    await seedLogins(tx, CUSTOMERS, supplied, stored, new Date(`${electronicSince}T09:00:00Z`));
    await seedCases(tx, now);
    await scheduleRuns(tx);
    await recordAudit(tx, { action: "seeded_demo_world", subjectKind: "group" });
  });
  const world = await describeDemoWorld(db, today);
  if (!world) {
    throw new Error("the demo's world was made and cannot be found");
  }
  return world;
}

/** What stands in `demo.json`, read from a seeded database; null if it holds no demo world. */
export async function describeDemoWorld(
  db: Database,
  today = romeDay(new Date()),
): Promise<DemoWorld | null> {
  const actor: SystemActor = { kind: "system", name: "seed" };
  return await inTransaction({ db, actor }, async (tx) => {
    const known = await tx.db.select({ slug: companies.slug }).from(companies);
    const slugs = GROUP.map(({ slug }) => slug);
    if (!slugs.every((slug) => known.some((company) => company.slug === slug))) {
      return null;
    }
    const supplied = suppliedContracts(today);
    const registrable = supplied.filter(
      ({ customer, supply }) => customer.toRegister && supply === customer.supplies[0],
    );
    const latest = await latestBillNumbers(tx.db, registrable);
    return {
      customers: CUSTOMERS.filter(({ email }) => email).map((customer) => ({
        email: customer.email ?? "",
        password: CUSTOMER_PASSWORD,
        contracts: supplied
          .filter((contract) => contract.customer === customer)
          .map(({ contractNumber }) => contractNumber),
      })),
      unregistered: registrable.map(
        ({ company, taxId, customerCode, contractNumber, customer }) => ({
          company,
          taxId,
          customerCode,
          billNumber: latest.get(contractNumber) ?? "",
          mandate: customer.supplies.some(
            ({ commodity, mandate }) =>
              mandate === "active" && SUPPLIED_BY[commodity].company === company,
          ),
        }),
      ),
      staff: STAFF.map(({ role, email, totpSecret }) => ({
        role,
        email,
        password: STAFF_PASSWORD,
        totpSecret,
      })),
      companies: slugs,
    };
  });
}

async function latestBillNumbers(db: DbOrTx, of: SuppliedContract[]): Promise<Map<string, string>> {
  const numbers = of.map(({ contractNumber }) => contractNumber);
  const rows = await db
    .selectDistinctOn([documents.contractNumber], {
      contractNumber: documents.contractNumber,
      billNumber: documents.billNumber,
    })
    .from(documents)
    .where(and(inArray(documents.contractNumber, numbers), eq(documents.kind, "bill")))
    .orderBy(documents.contractNumber, desc(documents.issueDate));
  return new Map(rows.map(({ contractNumber, billNumber }) => [contractNumber, billNumber]));
}

async function seedCompanies({ db }: TxContext<SystemActor>): Promise<void> {
  for (const row of GROUP) {
    const [company] = await db.insert(companies).values(row).returning({ id: companies.id });
    const own = DISCOUNTS.filter(({ commodity }) => SUPPLIED_BY[commodity].company === row.slug);
    if (company && own.length > 0) {
      await db
        .insert(discounts)
        .values(own.map((discount) => ({ ...discount, companyId: company.id })));
    }
    const windows = READING_WINDOWS.filter(
      ({ commodity }) => SUPPLIED_BY[commodity].company === row.slug,
    );
    if (company && windows.length > 0) {
      await db
        .insert(selfReadingWindows)
        .values(windows.map((window) => ({ ...window, companyId: company.id })));
    }
    const factors = EMISSION_FACTORS.filter(
      ({ commodity }) => SUPPLIED_BY[commodity].company === row.slug,
    );
    if (company && factors.length > 0) {
      await db
        .insert(emissionFactors)
        .values(factors.map((factor) => ({ ...factor, companyId: company.id })));
    }
  }
}

async function storedContracts({ db }: TxContext<SystemActor>) {
  const rows = await db
    .select({
      companyId: contracts.companyId,
      id: contracts.id,
      holderId: contracts.holderId,
      contractNumber: contracts.contractNumber,
    })
    .from(contracts);
  const byNumber = new Map(rows.map((row) => [row.contractNumber, row]));
  return ({ contractNumber }: SuppliedContract): StoredContract => {
    const found = byNumber.get(contractNumber);
    if (!found) {
      throw new Error(`contract ${contractNumber} was not imported`);
    }
    return found;
  };
}

async function seedReadings(
  tx: TxContext<SystemActor>,
  supplied: SuppliedContract[],
  stored: (contract: SuppliedContract) => StoredContract,
  readings: GroupReadings,
): Promise<void> {
  function* days() {
    for (const contract of supplied) {
      if (contract.supply.event === "manual-meter") {
        // Nobody reads it remotely: its customer does.
        continue;
      }
      const { companyId, id: contractId } = stored(contract);
      for (const reading of readings.of(contract)) {
        yield { ...reading, companyId, contractId, source: "seed" };
      }
    }
  }
  await storeProfiles(tx, days());
}
