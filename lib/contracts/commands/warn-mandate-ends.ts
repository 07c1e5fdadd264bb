import { type SQL, sql } from "drizzle-orm";
import { contracts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { listCompanies } from "@/lib/companies/queries";
import type { Language } from "@/lib/i18n/languages";
import { type AccountMail, queueAccountMails } from "@/lib/mail/account-mails";
import { mandateEndsOn, withMandateEnds } from "../queries/mandate-ends";
import { END_IS_NEWS_DAYS } from "../rules";

/** Contracts that one transaction tells of; an account's stay together. */
const PAGE = 2_000;

interface Ending {
  contractId: string;
  contractNumber: string;
  mandateId: string;
  until: string;
  over: boolean;
  cutOffOn: string;
  accountId: string;
  email: string;
  language: Language;
}

/**
 * R14: tells every account whose electronic delivery ends with a mandate, before the next cut-off: one
 * mail for an account's contracts that end on the same day, once for each end. Repeatable; two at
 * once tell once.
 */
export async function warnMandateEnds(ctx: Context<SystemActor>): Promise<{ told: number }> {
  let told = 0;
  for (const { id: companyId } of await inTransaction(ctx, ({ db }) => listCompanies(db))) {
    let after: string | undefined;
    do {
      const page = await inTransaction(ctx, (tx) => tellPage(tx, companyId, after));
      told += page.mails;
      after = page.lastAccountId;
    } while (after !== undefined);
  }
  return { told };
}

async function tellPage(
  tx: TxContext<SystemActor>,
  companyId: number,
  after: string | undefined,
): Promise<{ mails: number; lastAccountId: string | undefined }> {
  const { db } = tx;
  await db.execute(
    sql`select pg_advisory_xact_lock(hashtext('warn_mandate_ends'), ${companyId}::int)`,
  );
  const page = await candidates(tx, companyId, after);
  const endings = page.length > 0 ? await untoldEnds(tx, companyId, page) : [];
  const mails = mailsOf(companyId, endings);
  if (mails.length > 0) {
    const ids = await queueAccountMails(
      tx,
      mails.map(({ mail }) => mail),
    );
    const notices = mails.flatMap(({ endings: told }, at) =>
      told.map((ending) => ({ ...ending, companyId, mailId: ids[at] })),
    );
    await db.execute(sql`insert into mandate_end_notices
        (company_id, contract_id, mandate_id, until, account_id, mail_id)
      select "companyId", "contractId", "mandateId", until, "accountId", "mailId"
      from json_to_recordset(${JSON.stringify(notices)}::json) as told ("companyId" smallint,
        "contractId" uuid, "mandateId" uuid, until date, "accountId" uuid, "mailId" uuid)`);
    await recordAudit(tx, {
      action: "warned_of_mandate_ends",
      companyId,
      subjectKind: "company",
      detail: { mails: mails.length, contracts: endings.length },
    });
  }
  const lastAccountId = page.length < PAGE ? undefined : page.at(-1)?.accountId;
  return { mails: mails.length, lastAccountId };
}

/** Contracts of live accounts on which a mandate ended lately or will, and was not told of. */
async function candidates(
  { db }: TxContext<SystemActor>,
  companyId: number,
  after: string | undefined,
): Promise<{ accountId: string; contractId: string }[]> {
  const cutOffDay = sql`(
    select (next_cut_off(${companyId}::smallint, clock_timestamp()) at time zone 'Europe/Rome')::date)`;
  const rows = await db.execute<{ accountId: string; contractId: string }>(sql`
    select l.account_id as "accountId", m.contract_id as "contractId"
    from (
      select * from mandates
      where company_id = ${companyId} and until is not null and until <= ${cutOffDay}
      union all
      select * from mandates
      where company_id = ${companyId} and status = 'rejected' and until is null
    ) m
    join contract_links l on l.company_id = m.company_id and l.contract_id = m.contract_id
      and l.ended_at is null
    join accounts a on a.id = l.account_id and a.deleted_at is null
    where greatest(m.until, (m.recorded_at at time zone 'Europe/Rome')::date)
        > (clock_timestamp() at time zone 'Europe/Rome')::date - ${END_IS_NEWS_DAYS}::int
      and ${mandateEndsOn} <= ${cutOffDay}
      and ${after === undefined ? sql`true` : sql`l.account_id > ${after}`}
      and ${untold(sql`m.contract_id`, sql`m.id`, mandateEndsOn, sql`l.account_id`, companyId)}
    order by l.account_id
    fetch first ${sql.raw(String(PAGE))} rows with ties`);
  return [...rows];
}

const untold = (contract: SQL, mandate: SQL, until: SQL, account: SQL, companyId: number) => sql`
  not exists (
    select from mandate_end_notices told
    where told.company_id = ${companyId} and told.contract_id = ${contract}
      and told.mandate_id = ${mandate} and told.until = ${until} and told.account_id = ${account})`;

/** Of the candidates, those whose electronic delivery it ends (R10). */
async function untoldEnds(
  { db }: TxContext<SystemActor>,
  companyId: number,
  page: { contractId: string }[],
): Promise<Ending[]> {
  const ids = [...new Set(page.map(({ contractId }) => contractId))];
  const among = sql`${contracts.companyId} = ${companyId}
    and ${contracts.id} = any(${sql.param(ids)}::uuid[])`;
  const rows = await db.execute<Ending & Record<string, unknown>>(sql`
    ${withMandateEnds(among)}
    select e.contract_id as "contractId", e.contract_number as "contractNumber",
      e.mandate_id as "mandateId", e.until::text as until, e.over, e.day::text as "cutOffOn",
      a.id as "accountId", a.email, a.language
    from mandate_ends e
    join contract_links l on l.company_id = e.company_id and l.contract_id = e.contract_id
      and l.ended_at is null
    join accounts a on a.id = l.account_id and a.deleted_at is null
    where ${untold(sql`e.contract_id`, sql`e.mandate_id`, sql`e.until`, sql`a.id`, companyId)}
    order by a.id, e.contract_number
    -- An account that is being deleted is waited for, and then not written to (R7).
    for key share of a`);
  return [...rows];
}

/** One mail for each account and day. */
function mailsOf(companyId: number, endings: Ending[]): { mail: AccountMail; endings: Ending[] }[] {
  const groups = new Map<string, Ending[]>();
  for (const ending of endings) {
    const key = `${ending.accountId} ${ending.until}`;
    const group = groups.get(key) ?? [];
    group.push(ending);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) {
      return [];
    }
    const contractNumbers = group.map(({ contractNumber }) => contractNumber).toSorted();
    const mail: AccountMail = {
      template: "mandate-ending",
      companyId,
      accountId: first.accountId,
      toEmail: first.email,
      language: first.language,
      params: {
        contractNumbers: contractNumbers.join(", "),
        until: first.until,
        over: first.over ? "yes" : "no",
        fromBill: first.cutOffOn,
      },
    };
    return [{ mail, endings: group }];
  });
}
