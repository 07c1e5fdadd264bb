import { and, inArray, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { contracts } from "@/db/schema";
import { recordAudits } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { visibleContracts } from "@/lib/contracts/scope";
import { NotFoundError } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { type Delivery, supplyStarts } from "../queries";
import { type DeliveryMode, namedContracts } from "../rules";

/** A row to be added for each of some contracts. */
export interface NewChoice {
  mode: DeliveryMode;
  /** A dedicated address; null for the account's own, and on paper. */
  email: string | null;
  noticeVersion: string | null;
  /** `undone` takes a first choice back to none. */
  origin: "customer" | "undone";
  /** The choice it takes back. */
  undoes: string | null;
}

/** What came of it, for one contract. */
export interface AddedChoice {
  id: string;
  contractId: string;
  /** Day (Rome) of the first cut-off after the choice's own stamp (R11). */
  fromCutOffOn: string;
  /** That day; null where the supply ends before it: only the closing bill comes (R15). */
  fromBillOn: string | null;
  /** Why the bill comes on paper though electronic was chosen, as far as is known; else null. */
  onPaper: "no_mandate" | "address_suspended" | null;
}

/**
 * Adds the same choice for every contract, all with one stamp, so that no cut-off comes between them;
 * audited each, and told by e-mail to those whom it concerns.
 * @param before how the contracts' bills arrived until now
 */
export async function addChoices(
  tx: TxContext<CustomerActor>,
  before: Delivery[],
  choice: NewChoice,
): Promise<AddedChoice[]> {
  if (before.length === 0) {
    return [];
  }
  const rows = before.map(({ companyId, contractId }) => ({
    company_id: companyId,
    contract_id: contractId,
    id: uuidv7(),
  }));
  // The stamp is taken inside the statement that holds the table: a freeze waits for it (R11).
  await tx.db.execute(sql`
    with stamp as materialized (select clock_timestamp() as at)
    insert into delivery_choices (company_id, contract_id, id, account_id, mode, email,
      notice_version, origin, undoes, chosen_at)
    select r.company_id, r.contract_id, r.id, ${tx.actor.accountId}::uuid, ${choice.mode}::text,
      ${choice.email}::text, ${choice.noticeVersion}::text, ${choice.origin}::text,
      ${choice.undoes}::uuid, stamp.at
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as r(company_id smallint, contract_id uuid, id uuid)
    cross join stamp`);
  const reached = await cutOffsReached(tx, rows);
  await recordAudits(
    tx,
    rows.map((row) => ({
      action: choice.undoes === null ? "chose_delivery" : "undid_delivery_choice",
      subjectKind: "contract",
      subjectId: row.contract_id,
      companyId: row.company_id,
      detail: {
        mode: choice.mode,
        dedicatedAddress: choice.email !== null,
        noticeVersion: choice.noticeVersion,
      },
    })),
  );
  await tellOfChange(tx, { before, choice, reached });
  return rows.map(({ id, contract_id }) => ({ id, ...reachedBy(reached, contract_id) }));
}

type Reached = Omit<AddedChoice, "id">;

/** What a choice reaches, by the function that freezes runs: for each contract its cut-off and mode there. */
async function cutOffsReached(
  { db, actor }: TxContext<CustomerActor>,
  added: { company_id: number; contract_id: string; id: string }[],
): Promise<Map<string, Reached>> {
  const [first] = added;
  const ids = added.map(({ contract_id }) => contract_id);
  const rows = await db.execute<Reached & Record<string, unknown>>(sql`
    with stamp as (
      select chosen_at from delivery_choices
      where company_id = ${first?.company_id ?? null} and contract_id = ${first?.contract_id ?? null}
        and id = ${first?.id ?? null} and account_id = ${actor.accountId}::uuid
    ), mine as materialized (
      select ${contracts.companyId} as company_id, ${contracts.id} as id, ${contracts.endsOn} as ends_on,
        greatest(stamp.chosen_at, ${supplyStarts}) as counts_from
      from ${contracts} cross join stamp
      where ${and(inArray(contracts.id, ids), visibleContracts(actor))}
    ), asked as materialized (
      select company_id, counts_from, array_agg(id) as ids,
        next_cut_off(company_id, counts_from) as cut_off
      from mine group by company_id, counts_from
    ), judged as materialized (
      select mode.contract_id, mode.reason, (asked.cut_off at time zone 'Europe/Rome')::date as cut_off_on
      from asked cross join lateral delivery_modes(asked.company_id, asked.ids, asked.cut_off) mode
    )
    select mine.id as "contractId", judged.cut_off_on::text as "fromCutOffOn",
      case when mine.ends_on < judged.cut_off_on then null else judged.cut_off_on::text end as "fromBillOn",
      case when mine.ends_on < judged.cut_off_on then null
        when judged.reason in ('no_mandate', 'mandate_ended') then 'no_mandate'
        when judged.reason = 'address_suspended' then judged.reason end as "onPaper"
    from mine join judged on judged.contract_id = mine.id`);
  return new Map(rows.map((row) => [row.contractId, row]));
}

/** @throws {NotFoundError} when the contract left the account meanwhile */
function reachedBy(reached: Map<string, Reached>, contractId: string): Reached {
  const found = reached.get(contractId);
  if (!found) {
    throw new NotFoundError("contract");
  }
  return found;
}

interface Change {
  before: Delivery[];
  choice: NewChoice;
  reached: Map<string, Reached>;
}

/**
 * The account learns of every change; an address that bills went to learns that they no longer do, and
 * one that they go to from now on learns that. One mail for all contracts of a company that the choice
 * reaches with the same bill.
 */
async function tellOfChange(tx: TxContext<CustomerActor>, { before, choice, reached }: Change) {
  const { accountId, email: ownEmail, language } = tx.actor;
  const after = await addressesNow(tx, before);
  const told = new Map<
    string,
    { companyId: number; toEmail: string; role: string; reaches: Reached; numbers: string[] }
  >();
  const tell = (delivery: Delivery, role: string, toEmail: string) => {
    const { companyId, contractNumber, contractId } = delivery;
    const reaches = reachedBy(reached, contractId);
    const key = [companyId, role, toEmail, reaches.fromBillOn, reaches.onPaper].join(" ");
    const mail = told.get(key) ?? { companyId, toEmail, role, reaches, numbers: [] };
    mail.numbers.push(contractNumber);
    told.set(key, mail);
  };
  for (const delivery of before) {
    const address = after.get(delivery.contractId) ?? null;
    tell(delivery, "account", ownEmail);
    if (address !== delivery.email) {
      for (const [role, toEmail] of [
        ["old", delivery.email],
        ["new", address],
      ] as const) {
        if (toEmail && toEmail !== ownEmail) {
          tell(delivery, role, toEmail);
        }
      }
    }
  }
  for (const { companyId, toEmail, role, reaches, numbers } of told.values()) {
    await queueAccountMail(tx, {
      template: "delivery-changed",
      companyId,
      accountId,
      toEmail,
      language,
      params: {
        ...namedContracts(numbers),
        role,
        mode: choice.mode,
        undone: choice.undoes === null ? "no" : "yes",
        fromBill: reaches.fromBillOn ?? "closing",
        onPaper: reaches.onPaper ?? "no",
      },
    });
  }
}

/** Where the contracts' bills go now, by the one rule (R10); null on paper. */
async function addressesNow(
  { db, actor }: TxContext<CustomerActor>,
  of: Delivery[],
): Promise<Map<string, string | null>> {
  const ids = of.map(({ contractId }) => contractId);
  const rows = await db.execute<{ contractId: string; email: string | null }>(sql`
    with mine as materialized (
      select ${contracts.companyId} as company_id, array_agg(${contracts.id}) as ids,
        clock_timestamp() as at
      from ${contracts} where ${and(inArray(contracts.id, ids), visibleContracts(actor))}
      group by ${contracts.companyId}
    )
    select judged.contract_id as "contractId", judged.email
    from mine cross join lateral delivery_modes(mine.company_id, mine.ids, mine.at) judged`);
  return new Map(rows.map(({ contractId, email }) => [contractId, email]));
}
