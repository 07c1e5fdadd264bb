import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { Language } from "@/lib/i18n/languages";
import { type AccountMail, queueAccountMails } from "@/lib/mail/account-mails";
import { addDays } from "@/lib/time";
import { dayBefore } from "../period";
import { type Commodity, formatQuantity, unitOf } from "../quantity";
import { type ConsumptionDay, listDays } from "../queries";
import { DAYS_LOOKED_AT, type Unusual, unusualIn } from "../statistics/unusual";

/** Contracts that one transaction looks at: some megabytes of quarter-hours. */
const PAGE = 50;
/** What ended longer ago is no news any more. */
const NEWS_DAYS = 10;

interface Watched {
  companyId: number;
  contractId: string;
  contractNumber: string;
  commodity: Commodity;
  lastDay: string;
  heldSince: string;
  thresholdPercent: number;
  accountId: string;
  email: string;
  language: Language;
}

/**
 * Looks at the contracts whose customers want to be told (R25), keeps what is unusual, and writes one mail for
 * each finding. One that goes on is the same one and is not told again. Repeatable; two at once tell once.
 * @param today Europe/Rome
 */
export async function noticeUnusual(
  ctx: Context<SystemActor>,
  today: string,
): Promise<{ looked: number; told: number }> {
  const done = { looked: 0, told: 0 };
  let after: Watched | undefined;
  do {
    const page = await inTransaction(ctx, async (tx) => {
      await tx.db.execute(sql`select pg_advisory_xact_lock(hashtext('notice_unusual'))`);
      const watched = await watchedAfter(tx, today, after);
      if (watched.length > 0) {
        done.told += await tellOf(tx, watched, today);
        await noteLooked(tx, watched);
      }
      return watched;
    });
    done.looked += page.length;
    after = page.length < PAGE ? undefined : page.at(-1);
  } while (after);
  return done;
}

/** The next contracts with an alert and days that are news, with their accounts. */
async function watchedAfter(
  { db }: TxContext<SystemActor>,
  today: string,
  after: Watched | undefined,
): Promise<Watched[]> {
  const from = after
    ? sql`(a.company_id, a.contract_id) > (${after.companyId}, ${after.contractId}::uuid)`
    : sql`true`;
  const rows = await db.execute<Watched & Record<string, unknown>>(sql`
    select a.company_id as "companyId", a.contract_id as "contractId",
      c.contract_number as "contractNumber", c.commodity, s.last_day::text as "lastDay",
      c.held_since::text as "heldSince", a.threshold_percent as "thresholdPercent",
      o.id as "accountId", o.email, o.language
    from consumption_alerts a
    join contract_links l on l.company_id = a.company_id and l.contract_id = a.contract_id
      and l.account_id = a.account_id and l.ended_at is null
    join accounts o on o.id = a.account_id and o.deleted_at is null
    join contracts c on c.company_id = a.company_id and c.id = a.contract_id
    join consumption_spans s on s.company_id = a.company_id and s.contract_id = a.contract_id
      and s.direction = 'consumption'
    where s.last_day >= ${addDays(today, -NEWS_DAYS)}::date
      and s.last_day > coalesce(a.looked_to, '-infinity') and ${from}
    order by a.company_id, a.contract_id
    limit ${sql.raw(String(PAGE))}
    -- An account that is being deleted is waited for, and then not written to (R7).
    for key share of o`);
  return [...rows];
}

async function noteLooked({ db }: TxContext<SystemActor>, watched: Watched[]): Promise<void> {
  const looked = watched.map(({ companyId, contractId, accountId, lastDay }) => ({
    ...{ company: companyId, contract: contractId, account: accountId, last: lastDay },
  }));
  await db.execute(sql`
    update consumption_alerts a set looked_to = l.last
    from json_to_recordset(${JSON.stringify(looked)}::json)
      as l (company smallint, contract uuid, account uuid, last date)
    where a.company_id = l.company and a.contract_id = l.contract and a.account_id = l.account`);
}

async function tellOf(
  tx: TxContext<SystemActor>,
  watched: Watched[],
  today: string,
): Promise<number> {
  const days = await daysOf(tx, watched, today);
  const found = watched.flatMap((contract) => {
    const own = (days.get(contract.contractId) ?? []).filter(
      ({ localDay, direction }) => localDay >= contract.heldSince && direction === "consumption",
    );
    return unusualIn(contract.commodity, own, contract.thresholdPercent / 100).map((unusual) => ({
      contract,
      unusual,
    }));
  });
  if (found.length === 0) {
    return 0;
  }
  const fresh = await keep(tx, found);
  const news = fresh.map((at) => found[at]).filter((one) => one !== undefined);
  const ids = await queueAccountMails(
    tx,
    news.map(({ contract, unusual }) => mailOf(contract, unusual)),
  );
  await tx.db.execute(sql`
    update consumption_findings f set mail_id = told.mail
    from json_to_recordset(${JSON.stringify(
      news.map(({ contract, unusual }, at) => ({
        ...{ company: contract.companyId, contract: contract.contractId },
        ...{ kind: unusual.kind, day: unusual.fromDay, mail: ids[at] },
      })),
    )}::json) as told (company smallint, contract uuid, kind text, day date, mail uuid)
    where f.company_id = told.company and f.contract_id = told.contract and f.kind = told.kind
      and f.from_day = told.day`);
  return news.length;
}

/** What the findings need, in two questions for all of them: the last weeks' intervals, and totals a year before. */
async function daysOf(
  tx: TxContext<SystemActor>,
  watched: Watched[],
  today: string,
): Promise<Map<string, ConsumptionDay[]>> {
  const from = addDays(today, -(DAYS_LOOKED_AT + NEWS_DAYS + 7));
  const before = {
    from: addDays(dayBefore(from, "weekday") ?? from, -7),
    to: dayBefore(today, "weekday") ?? today,
  };
  const recent = await listDays(tx, watched, [{ from, to: today }], { intervals: true });
  const past = await listDays(tx, watched, [before]);
  const byContract = new Map<string, ConsumptionDay[]>();
  for (const day of [...past, ...recent]) {
    const found = byContract.get(day.contractId);
    if (found) {
      found.push(day);
    } else {
      byContract.set(day.contractId, [day]);
    }
  }
  return byContract;
}

/**
 * Keeps findings: one that overlaps what is kept of its kind makes that longer.
 * @returns the places of those that are new
 */
async function keep(
  { db }: TxContext<SystemActor>,
  found: { contract: Watched; unusual: Unusual }[],
): Promise<number[]> {
  const rows = found.map(({ contract, unusual }, at) => ({
    ...{ at, company: contract.companyId, contract: contract.contractId, kind: unusual.kind },
    ...{ first: unusual.fromDay, last: unusual.toDay },
    ...{ measured: Math.round(unusual.measured), usual: Math.round(unusual.usual) },
  }));
  const fresh = await db.execute<{ at: number }>(sql`
    with found as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json)
        as f (at int, company smallint, contract uuid, kind text, first date, last date, measured int, usual int)
    ), longer as (
      update consumption_findings k set to_day = greatest(k.to_day, f.last)
      from found f
      where k.company_id = f.company and k.contract_id = f.contract and k.kind = f.kind
        and k.from_day <= f.last and k.to_day >= f.first - 1
      returning f.at
    ), added as (
      insert into consumption_findings (company_id, contract_id, kind, from_day, to_day, measured, usual)
      select company, contract, kind, first, last, measured, usual from found
      where at not in (select at from longer)
      returning company_id, contract_id, kind, from_day
    )
    select f.at from added a join found f on f.company = a.company_id and f.contract = a.contract_id
      and f.kind = a.kind and f.first = a.from_day
    order by f.at`);
  return fresh.map(({ at }) => at);
}

function mailOf(contract: Watched, { kind, fromDay, measured, usual }: Unusual): AccountMail {
  const { commodity, language } = contract;
  const amount = (base: number) => formatQuantity(Math.round(base), commodity, language);
  return {
    template: "unusual-consumption",
    companyId: contract.companyId,
    accountId: contract.accountId,
    toEmail: contract.email,
    language,
    params: {
      contractNumber: contract.contractNumber,
      ...{ kind, fromDay, unit: unitOf(commodity) },
      ...{ measured: amount(measured), usual: amount(usual) },
    },
  };
}
