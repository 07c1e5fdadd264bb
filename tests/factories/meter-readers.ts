import { eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { selfReadings, selfReadingWindows } from "@/db/schema";
import { submitSelfReading } from "@/lib/consumption/commands/submit-self-reading";
import type { World } from "../setup/database";
import { writeText } from "./import-files";
import { makeCustomer, must } from "./people";

/** A day on which the window of `makeReader` is open. */
export const TODAY = "2026-11-25";

/** A customer with a gas meter that nobody reads remotely, of a company that takes self-readings. */
export async function makeReader(db: Transaction) {
  const customer = await makeCustomer(db, {
    contract: { commodity: "gas", annualConsumption: "1460", meterSerial: "GAS-4711" },
  });
  const { company, contract } = customer;
  await db.insert(selfReadingWindows).values({
    ...{ companyId: company.id, commodity: "gas" },
    ...{ opensOnDay: 20, closesOnDay: 31, validFrom: "2020-01-01" },
  });
  return { ...customer, key: { companyId: company.id, contractId: contract.id } };
}
export type Reader = Awaited<ReturnType<typeof makeReader>>;

/** A reader's count, as their form sends it. */
export const countOf = (
  { key }: Pick<Reader, "key">,
  over: { readOn?: string; countThousandths?: number; confirmed?: boolean } = {},
) => ({ ...key, readOn: TODAY, countThousandths: 1_000_000, confirmed: false, ...over });

/** A reader who has told what the meter shows, and the row that came of it. */
export async function makeTold(world: World) {
  const mine = await makeReader(world.db);
  const told = await world.web(mine.actor, (ctx) => submitSelfReading(ctx, countOf(mine), TODAY));
  if (!told.ok) {
    throw new Error(told.code);
  }
  const { receiptCode } = told.value;
  const [row] = await world.db
    .select()
    .from(selfReadings)
    .where(eq(selfReadings.receiptCode, receiptCode));
  return { ...mine, receiptCode, row: must(row) };
}

/** A file of the back office; each line is `receipt_code;decision;reason`. */
export const decisionsFile = (...lines: string[]) =>
  writeText("decisions.csv", `receipt_code;decision;reason\n${lines.join("\n")}\n`);
