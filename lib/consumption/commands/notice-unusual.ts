import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { Language } from "@/lib/i18n/languages";
import { type AccountMail, queueAccountMails } from "@/lib/mail/account-mails";
import { addDays } from "@/lib/time";
import { dayBefore } from "../period";
import { type Commodity, formatQuantity, unitOf } from "../quantity";
import { type ConsumptionDay, listDays } from "../queries";
import { DAYS_LOOKED_AT, type Unusual, unusualSince } from "../statistics/unusual";
import { keepFindings } from "./keep-findings";

/** Contracts that one transaction looks at: some megabytes of quarter-hours. */
const PAGE = 50;
/** Days that came longer ago than a month is late for are no news: meters tell of a month in the middle of the next. */
const NEWS_DAYS = 45;
/** Who asks for the first time is told of what reaches into these last days. */
const FIRST_LOOK_DAYS = 10;

export interface Watched {
  companyId: number;
  contractId: string;
  contractNumber: string;
  commodity: Commodity;
  lastDay: string;
  /** The first day of which something came since the last look. */
  since: string;
  heldSince: string;
  thresholdPercent: number;
  accountId: string;
  email: string;
  language: Language;
}

/**
 * Looks at the contracts whose customers want to be told (R25) and of which days or corrections came, keeps what
 * is unusual, and writes one mail for each finding. One that goes on is the same one and is not told again; one that
 * a correction takes away is kept no more. Repeatable; two at once tell once.
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

/** The next contracts with an alert of which something came, with their accounts. */
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
      greatest(came.since, case when a.looked_at is null then s.last_day - ${FIRST_LOOK_DAYS}::int end)::text
        as "since",
      c.held_since::text as "heldSince", a.threshold_percent as "thresholdPercent",
      o.id as "accountId", o.email, o.language
    from consumption_alerts a
    join contract_links l on l.company_id = a.company_id and l.contract_id = a.contract_id
      and l.account_id = a.account_id and l.ended_at is null
    join accounts o on o.id = a.account_id and o.deleted_at is null
    join contracts c on c.company_id = a.company_id and c.id = a.contract_id
    join consumption_spans s on s.company_id = a.company_id and s.contract_id = a.contract_id
      and s.direction = 'consumption'
    cross join lateral (
      select min(p.local_day) as since from load_profiles p
      where p.company_id = a.company_id and p.contract_id = a.contract_id and p.direction = 'consumption'
        and p.local_day between s.last_day - ${NEWS_DAYS}::int and s.last_day
        and p.received_at > coalesce(a.looked_at, '-infinity')
    ) came
    where s.last_day >= ${addDays(today, -NEWS_DAYS)}::date and came.since is not null and ${from}
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
  // An import that had written days, but not ended, was not seen: what came just before is looked at once more.
  await db.execute(sql`
    update consumption_alerts a set looked_to = l.last, looked_at = now() - interval '5 minutes'
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
  const looks = watched.map((contract) => {
    const own = (days.get(contract.contractId) ?? []).filter(
      ({ localDay, direction }) => localDay >= contract.heldSince && direction === "consumption",
    );
    const { commodity, thresholdPercent, since } = contract;
    return {
      contract,
      days: own,
      found: unusualSince(commodity, own, thresholdPercent / 100, since),
    };
  });
  const news = await keepFindings(tx, looks);
  if (news.length === 0) {
    return 0;
  }
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

function mailOf(
  contract: Watched,
  { kind, fromDay, toDay, measured, usual }: Unusual,
): AccountMail {
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
      ...{ kind, fromDay, toDay, unit: unitOf(commodity) },
      ...{ measured: amount(measured), usual: amount(usual) },
    },
  };
}
