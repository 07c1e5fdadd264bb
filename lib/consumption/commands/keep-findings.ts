import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { ConsumptionDay } from "../queries";
import { goesOn, measuredIn, type Unusual, upTo } from "../statistics/unusual";
import type { Watched } from "./notice-unusual";

/** A look at a contract: its days, and what is unusual among those from its `since` on. */
export interface Look {
  contract: Watched;
  days: ConsumptionDay[];
  found: Unusual[];
}

interface Kept extends Unusual {
  id: string;
  contractId: string;
}

/** What a look makes of what was kept: findings to change, by their id, and to take away, and those that are new. */
interface Outcome {
  changed: Kept[];
  gone: Kept[];
  fresh: { contract: Watched; unusual: Unusual }[];
}

/**
 * Keeps what looks have found (R25). What goes on makes a kept finding longer, with what was measured in all of it; of
 * one that was not found again the days that were looked at are taken away.
 * @returns the new ones
 */
export async function keepFindings(
  tx: TxContext<SystemActor>,
  looks: Look[],
): Promise<Outcome["fresh"]> {
  const kept = await keptOf(tx, looks);
  const outcome: Outcome = { changed: [], gone: [], fresh: [] };
  for (const look of looks) {
    compare(look, kept.get(look.contract.contractId) ?? [], outcome);
  }
  await write(tx, outcome);
  return outcome.fresh;
}

/** The findings that reach up to the day before the first one of a look, or of what it found: that may have begun earlier. */
async function keptOf({ db }: TxContext<SystemActor>, looks: Look[]): Promise<Map<string, Kept[]>> {
  const asked = looks.map(({ contract: { companyId, contractId, since }, found }) => ({
    ...{ company: companyId, contract: contractId },
    since: [since, ...found.map(({ fromDay }) => fromDay)].toSorted()[0],
  }));
  const rows = await db.execute<Kept & Record<string, unknown>>(sql`
    select f.id, f.contract_id as "contractId", f.kind, f.from_day::text as "fromDay",
      f.to_day::text as "toDay", f.measured, f.usual
    from consumption_findings f
    join json_to_recordset(${JSON.stringify(asked)}::json) as l (company smallint, contract uuid, since date)
      on f.company_id = l.company and f.contract_id = l.contract and f.to_day >= l.since - 1
    order by f.from_day`);
  const kept = new Map<string, Kept[]>();
  for (const row of rows) {
    const others = kept.get(row.contractId);
    if (others) {
      others.push(row);
    } else {
      kept.set(row.contractId, [row]);
    }
  }
  return kept;
}

function compare({ contract, days, found }: Look, kept: Kept[], outcome: Outcome): void {
  const { since } = contract;
  const again = new Set<Kept>();
  for (const unusual of found) {
    // Of a kept one the days that are looked at count as they are now.
    const of = kept.filter((one) => {
      const span = upTo(one, since) ?? one;
      const joins = goesOn(span, unusual) || goesOn(unusual, span);
      return one.kind === unusual.kind && !again.has(one) && joins;
    });
    const [same, ...others] = of;
    if (!same) {
      outcome.fresh.push({ contract, unusual });
      continue;
    }
    for (const one of of) {
      again.add(one);
    }
    outcome.gone.push(...others);
    const left = of.flatMap((one) => upTo(one, since) ?? []);
    outcome.changed.push(within(days, same, [...left, unusual]));
  }
  for (const one of kept.filter(({ toDay }) => toDay >= since)) {
    const left = upTo(one, since);
    if (again.has(one)) {
      continue;
    }
    if (left) {
      outcome.changed.push(within(days, left, [left]));
    } else {
      outcome.gone.push(one);
    }
  }
}

/** A finding over all of the spans, with what was measured in them as far as its days are known. */
function within(days: ConsumptionDay[], kept: Kept, spans: Unusual[]): Kept {
  const fromDay = spans.map((one) => one.fromDay).toSorted()[0] ?? kept.fromDay;
  const toDay =
    spans
      .map((one) => one.toDay)
      .toSorted()
      .at(-1) ?? kept.toDay;
  const measured = measuredIn(days, { kind: kept.kind, fromDay, toDay }) ?? kept.measured;
  return { ...kept, fromDay, toDay, measured };
}

async function write({ db }: TxContext<SystemActor>, outcome: Outcome): Promise<void> {
  const { changed, gone, fresh } = outcome;
  if (gone.length > 0) {
    await db.execute(sql`delete from consumption_findings f
      using json_to_recordset(${JSON.stringify(gone)}::json) as g (id uuid, "contractId" uuid)
      where f.contract_id = g."contractId" and f.id = g.id`);
  }
  if (changed.length > 0) {
    await db.execute(sql`update consumption_findings f
      set from_day = c."fromDay", to_day = c."toDay", measured = round(c.measured)
      from json_to_recordset(${JSON.stringify(changed)}::json)
        as c (id uuid, "contractId" uuid, "fromDay" date, "toDay" date, measured float8)
      where f.contract_id = c."contractId" and f.id = c.id`);
  }
  if (fresh.length > 0) {
    const rows = fresh.map(({ contract: { companyId, contractId }, unusual }) => ({
      ...unusual,
      ...{ companyId, contractId },
    }));
    await db.execute(sql`insert into consumption_findings
        (company_id, contract_id, kind, from_day, to_day, measured, usual)
      select "companyId", "contractId", kind, "fromDay", "toDay", round(measured), round(usual)
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as f ("companyId" smallint, "contractId" uuid, kind text, "fromDay" date, "toDay" date,
          measured float8, usual float8)`);
  }
}
