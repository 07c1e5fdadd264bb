import { type SQL, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import type { DispatchState } from "@/lib/dispatches/rules";
import { ForbiddenError, fail, ok, type Result } from "@/lib/errors";
import { maySearchCustomers, type SearchKind, searchHindrance, searchKind } from "../rules";

/** Contracts in an answer; a search that finds more is to be narrowed. */
const MOST = 30;
/** Bills shown of each. */
const BILLS = 3;

/** A contract that was found, with its latest bills and where they are. */
export interface FoundContract {
  contractId: string;
  contractNumber: string;
  companySlug: string;
  companyName: string;
  holderName: string;
  supplyAddress: string;
  /** The account it is in; null where it is in none. */
  accountId: string | null;
  bills: FoundBill[];
}

export interface FoundBill {
  id: string;
  billNumber: string;
  issueDate: string;
  published: boolean;
  withdrawn: boolean;
  /** Null for what is in the archive and was not sent. */
  state: DispatchState | null;
  failure: string | null;
  /** Whose it is, where the contract has changed hands since (R5); null where it is the holder's. */
  formerHolder: string | null;
}

export type SearchFailure = "tax_id" | "too_short";

/**
 * Contracts and their latest bills by a contract's, customer's or bill's number, by a part of the holder's
 * name, or by an e-mail of an account or a choice, for staff who answer a caller. Audited, without what was
 * typed (R30). Tax ids are not looked for: they would stand in the page's address.
 * @throws {ForbiddenError} for a role we do not know
 */
export async function searchCustomers(
  ctx: Context<StaffActor>,
  { typed }: { typed: string },
): Promise<Result<{ contracts: FoundContract[]; more: boolean }, SearchFailure>> {
  return await inTransaction(ctx, async (tx) => {
    if (!maySearchCustomers(tx.actor)) {
      throw new ForbiddenError("search customers");
    }
    const hindrance = searchHindrance(typed);
    if (hindrance) {
      return fail(hindrance);
    }
    const kind = searchKind(typed);
    const rows = await found(tx, matching(kind, typed), typed);
    await recordAudit(tx, {
      action: "searched_customers",
      subjectKind: "contract",
      detail: { by: kind, found: Math.min(rows.length, MOST) },
    });
    return ok({ contracts: rows.slice(0, MOST), more: rows.length > MOST });
  });
}

/** Keys of contracts, each part by an index of its own. */
function matching(kind: SearchKind, typed: string): SQL {
  switch (kind) {
    case "email": {
      const email = typed.toLowerCase();
      return sql`
        select l.company_id, l.contract_id from accounts a
        join contract_links l on l.account_id = a.id and l.ended_at is null
        where a.email = ${email} and a.deleted_at is null
        union
        select l.company_id, l.contract_id from delivery_addresses da
        join contract_links l on l.account_id = da.account_id and l.ended_at is null
        where da.email = ${email}
        union
        select dc.company_id, dc.contract_id from delivery_choices dc
        where dc.account_id is null and dc.email = ${email}`;
    }
    case "tax_id":
      return sql`select null::smallint as company_id, null::uuid as contract_id where false`;
    case "code":
      return sql`
        select c.company_id, c.id as contract_id from companies co
        join contracts c on c.company_id = co.id and c.contract_number = ${typed}
        union
        select c.company_id, c.id from companies co
        join contracts c on c.company_id = co.id and c.customer_code = ${typed}
        union
        select d.company_id, d.contract_id from companies co
        join documents d on d.company_id = co.id and d.bill_number = ${typed} and d.withdrawn_at is null
        union
        select d.company_id, d.contract_id from companies co
        join documents d on d.company_id = co.id and d.bill_number = ${typed}
          and d.withdrawn_at is not null`;
    case "name":
      return sql`
        select c.company_id, c.id as contract_id
        from holders_named_like(${`%${typed.replace(/[\\%_]/g, "\\$&")}%`}, ${MOST + 1}) named
        join contracts c on c.holder_id = named`;
  }
}

async function found({ db }: TxContext, which: SQL, typed: string): Promise<FoundContract[]> {
  const rows = await db.execute<
    Record<string, unknown> & Omit<FoundContract, "bills"> & { bills: FoundBill[] | null }
  >(sql`
    select c.id as "contractId", c.contract_number as "contractNumber", co.slug as "companySlug",
      co.name as "companyName", h.name as "holderName", c.supply_address as "supplyAddress",
      (select l.account_id from contract_links l where l.company_id = c.company_id
        and l.contract_id = c.id and l.ended_at is null) as "accountId", latest.bills
    from (select distinct company_id, contract_id from (${which}) m limit ${MOST + 1}) matched
    join contracts c on c.company_id = matched.company_id and c.id = matched.contract_id
    join companies co on co.id = c.company_id
    join holders h on h.id = c.holder_id
    left join lateral (
      select json_agg(b order by b.asked desc, b."issueDate" desc, b.id desc) as bills from (
        select d.id, d.bill_number as "billNumber", d.issue_date as "issueDate",
          d.published_at is not null as published, d.withdrawn_at is not null as withdrawn,
          s.state, s.failure, d.bill_number = ${typed} as asked,
          (select former.name from holders former
            where former.id = d.holder_id and d.holder_id <> c.holder_id) as "formerHolder"
        from documents d
        left join dispatches s on s.company_id = d.company_id and s.contract_id = d.contract_id
          and s.document_id = d.id
        where d.company_id = c.company_id and d.contract_id = c.id
        order by d.bill_number = ${typed} desc, d.issue_date desc, d.id desc limit ${BILLS}
      ) b
    ) latest on true
    order by h.name, c.contract_number`);
  return rows.map(({ bills, ...row }) => ({ ...row, bills: bills ?? [] }));
}
