import { sql } from "drizzle-orm";
import type { COMMODITIES, MANDATE_STATUSES } from "@/db/schema";
import { companies, contracts } from "@/db/schema";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type MandateState, mandateState, maskIban, mayRequestMandate } from "../rules";
import { visibleContracts, visibleRequests } from "../scope";
import { requestStands } from "./mandate-requests";

const TODAY = sql`(clock_timestamp() at time zone 'Europe/Rome')::date`;

/** A mandate as its holder sees it. */
export interface Mandate {
  reference: string;
  /** Masked: the whole number never leaves the server. */
  iban: string;
  debtor: string;
  creditorId: string;
  since: string | null;
  until: string | null;
  state: MandateState;
  /** The day that goes with the state. */
  on: string;
}

/** A contract with the mandate that counts for it and what was asked for here. */
export interface ContractOfMandate {
  contractId: string;
  contractNumber: string;
  commodity: (typeof COMMODITIES)[number];
  supplyAddress: string;
  /** The supply is over. */
  ended: boolean;
  mandate: Mandate | null;
  /** Day (Rome) of a request for a mandate that waits for the bank's answer. */
  requestedOn: string | null;
  requestId: string | null;
}

interface MandateRow extends Omit<ContractOfMandate, "mandate"> {
  reference: string | null;
  iban: string;
  debtor: string;
  creditorId: string;
  status: (typeof MANDATE_STATUSES)[number];
  since: string | null;
  until: string | null;
  toldOn: string;
  today: string;
}

/**
 * The contracts that the actor sees in a company, each with the one mandate that counts: of its
 * present holder (R5), the active one first, then one that was asked for, then the last known.
 */
export async function listMandates(ctx: Context, company: string): Promise<ContractOfMandate[]> {
  return await inTransaction(ctx, async (tx) => {
    const visible = visibleContracts(tx.actor) ?? sql`true`;
    const visibleRequest = visibleRequests(tx.actor) ?? sql`true`;
    const rows = await tx.db.execute<MandateRow & Record<string, unknown>>(sql`
      select ${contracts.id} as "contractId", ${contracts.contractNumber} as "contractNumber",
        ${contracts.commodity}, ${contracts.supplyAddress} as "supplyAddress",
        coalesce(${contracts.endsOn} < day.today, false) as ended, day.today::text as today,
        m.reference, m.iban, m.debtor, m.creditor_id as "creditorId", m.status,
        m.since::text as since, m.until::text as until,
        (m.recorded_at at time zone 'Europe/Rome')::date::text as "toldOn",
        (request.requested_at at time zone 'Europe/Rome')::date::text as "requestedOn",
        request.id as "requestId"
      from ${contracts}
      join ${companies} on ${companies.id} = ${contracts.companyId}
      cross join (select ${TODAY} as today) day
      left join lateral (
        select * from mandates m
        where m.company_id = ${contracts.companyId} and m.contract_id = ${contracts.id}
          and m.holder_id = ${contracts.holderId}
        order by coalesce(mandate_active_on(m.status, m.since, m.until, day.today), false) desc,
          m.status = 'active' desc, m.status = 'requested' desc, m.recorded_at desc, m.id desc
        limit 1
      ) m on true
      left join lateral (
        select mandate_requests.id, mandate_requests.requested_at from mandate_requests
        where mandate_requests.company_id = ${contracts.companyId}
          and mandate_requests.contract_id = ${contracts.id}
          and mandate_requests.holder_id = ${contracts.holderId}
          and ${visibleRequest} and ${requestStands}
        order by mandate_requests.requested_at desc limit 1
      ) request on true
      where ${visible} and ${companies.slug} = ${company}
      order by ended, ${contracts.contractNumber}`);
    return rows.map((row) => {
      const {
        reference,
        iban,
        debtor,
        creditorId,
        status,
        since,
        until,
        toldOn,
        today,
        ...contract
      } = row;
      return {
        ...contract,
        mandate:
          reference === null
            ? null
            : {
                ...{ reference, iban: maskIban(iban), debtor, creditorId, since, until },
                ...mandateState({ status, since, until, toldOn }, today),
              },
      };
    });
  });
}

/** A mandate once, with every contract that it covers; whatever has none stands by itself. */
export interface MandateGroup {
  mandate: Mandate | null;
  contracts: ContractOfMandate[];
}

/** A reference may stand for several contracts: one group for each that is told of in the same way. */
export function groupByMandate(rows: ContractOfMandate[]): MandateGroup[] {
  const groups = new Map<string, MandateGroup>();
  for (const row of rows) {
    const key = JSON.stringify(row.mandate);
    const group = groups.get(key) ?? { mandate: row.mandate, contracts: [] };
    group.contracts.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The mandate that counts for one visible contract, with the other contracts under it. */
export async function mandateOn(tx: TxContext, contractId: string, company: string) {
  const group = groupByMandate(await listMandates(tx, company)).find(({ contracts: members }) =>
    members.some((member) => member.contractId === contractId),
  );
  const own = group?.contracts.find((member) => member.contractId === contractId);
  return {
    mandate: group?.mandate ?? null,
    /** The numbers of all contracts under the mandate. */
    covered: group?.mandate ? group.contracts.map(({ contractNumber }) => contractNumber) : [],
    requestedOn: own?.requestedOn ?? null,
    requestable: own !== undefined && mayRequestMandate(own),
  };
}
