import type { Hash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { contracts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context, TxContext } from "@/lib/auth/context";
import { ensureConsumptionMonths, storeProfiles } from "@/lib/consumption/commands";
import { dayTotals } from "@/lib/consumption/rules";
import { romeDay } from "@/lib/time";
import { csvRecords } from "../csv";
import { type FaultList, shown } from "../errors";
import { eDistribuzione } from "../layouts/e-distribuzione";
import type { DayReading, ReadingsLayout } from "../layouts/layout";
import { type ImportInput, type ImportOutcome, type Source, takeOver } from "./take-over";

/** Every known way a readings file can be written. */
const LAYOUTS: ReadingsLayout[] = [eDistribuzione];

export interface ReadingsInput extends ImportInput {
  contractNumber: string;
  /** A layout's name; without it the header tells. */
  layout?: string;
}

export interface ReadingsOutcome extends ImportOutcome {
  /** Base units (Wh) per contract number: what the file says of it, missing intervals left out. */
  totals: Record<string, number>;
}

/**
 * Loads a contract's readings from a file (R22): new and differing days become a new revision,
 * identical ones stay. All or nothing.
 * @throws {ImportRefusedError} with every fault by line and column; nothing was changed then
 * @throws {RefusalError} if there is no such company
 */
export async function importReadings(
  ctx: Context<SystemActor>,
  input: ReadingsInput,
): Promise<ReadingsOutcome> {
  return await takeOver(ctx, "readings", input, async (tx, source) => {
    const { company, faults, digest, importId } = source;
    const contract = await findContract(tx, source, input.contractNumber);
    const { days, layout } = await readFile(input, faults, digest);
    if (layout && contract && contract.commodity !== layout.commodity) {
      faults.add({
        reason: `contract ${input.contractNumber} is for ${contract.commodity.replace("_", " ")}, and the layout ${layout.name} holds ${layout.commodity} in kWh`,
      });
    }
    faults.throwIfAny();
    const [first, last] = [days[0]?.localDay, days.at(-1)?.localDay];
    if (!contract || !layout || !first || !last) {
      throw new Error("a readings file without contract, layout or days was not refused");
    }
    await ensureConsumptionMonths(tx, first, last);
    const of = { companyId: company.id, contractId: contract.id, source: layout.name };
    const stored = await storeProfiles(
      tx,
      days.map((day) => ({ ...day, ...of, direction: "consumption" as const })),
    );
    await recordAudit(tx, {
      action: "stored_readings",
      subjectKind: "contract",
      subjectId: contract.id,
      companyId: company.id,
      detail: { importId, layout: layout.name, from: first, to: last },
    });
    const total = days.reduce((sum, day) => sum + dayTotals(day, null).total, 0);
    return { rows: days.length, ...stored, totals: { [input.contractNumber]: total } };
  });
}

async function findContract(
  { db }: TxContext<SystemActor>,
  { company, faults }: Source,
  contractNumber: string,
) {
  const [contract] = await db
    .select({ id: contracts.id, commodity: contracts.commodity })
    .from(contracts)
    .where(and(eq(contracts.companyId, company.id), eq(contracts.contractNumber, contractNumber)));
  if (!contract) {
    faults.add({ reason: `company ${company.slug} has no contract ${shown(contractNumber)}` });
  }
  return contract;
}

async function readFile(
  given: ReadingsInput,
  faults: FaultList,
  digest: Hash,
): Promise<{ days: DayReading[]; layout?: ReadingsLayout }> {
  const days = new Map<string, { line: number; day: DayReading }>();
  const today = romeDay(new Date());
  let layout: ReadingsLayout | undefined;
  let readLine: ReturnType<ReadingsLayout["open"]> | undefined;
  for await (const record of csvRecords(given.file, faults, digest)) {
    if (!readLine) {
      layout = chooseLayout(record.cells, given.layout, faults);
      readLine = layout.open(record.cells, faults);
      continue;
    }
    const day = readLine(record);
    if (!day) {
      continue;
    }
    const before = days.get(day.localDay);
    if (before) {
      const reason = `${day.localDay} stands there twice, already on line ${before.line}`;
      faults.add({ line: record.line, reason });
    } else if (day.localDay > today) {
      faults.add({ line: record.line, reason: `${day.localDay} is still to come` });
    } else {
      days.set(day.localDay, { line: record.line, day });
    }
  }
  if (!layout) {
    faults.add({ reason: `the file is empty; its first line must be a header (${examples()})` });
  } else if (days.size === 0 && faults.isEmpty) {
    faults.add({ reason: "the file has a header and no days" });
  }
  const inOrder = [...days.values()].map(({ day }) => day);
  inOrder.sort((a, b) => (a.localDay < b.localDay ? -1 : 1));
  return { days: inOrder, layout };
}

const examples = () => LAYOUTS.map(({ name, example }) => `${name}: ${example}`).join("; ");

function chooseLayout(header: string[], name: string | undefined, faults: FaultList) {
  const layout = name
    ? LAYOUTS.find((known) => known.name === name)
    : LAYOUTS.find((known) => known.claims(header));
  if (layout) {
    return layout;
  }
  return name
    ? faults.refuse({
        reason: `there is no layout ${shown(name)}; known are ${LAYOUTS.map((known) => known.name).join(", ")}`,
      })
    : faults.refuse({
        line: 1,
        reason: `the header is of no known layout; known are ${examples()}`,
      });
}
