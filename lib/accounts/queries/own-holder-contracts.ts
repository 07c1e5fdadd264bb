import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { holders } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { compactCode, RECENT_BILL_MONTHS } from "../rules";

/** A contract of the account's own holder, in whatever account it is or in none. */
export interface OwnHolderContract {
  companyId: number;
  id: string;
  contractNumber: string;
  commodity: "electricity" | "gas" | "district_heating" | "water";
  supplyAddress: string;
  /** In the actor's account already. */
  mine: boolean;
  /** In another account: never shown on a page (R5). */
  held: boolean;
  /** A mandate is active in its company (R2). */
  gateOpen: boolean;
}

/** The contracts of the actor's holder that `which` says; for commands, since it tells of other accounts. */
export async function ownHolderContracts(
  { db }: TxContext<CustomerActor>,
  which: SQL,
): Promise<OwnHolderContract[]> {
  const rows = await db.execute<Record<string, unknown>>(
    sql`select * from own_holder_contracts() where ${which} order by company_id, contract_number`,
  );
  return rows.map((row) => ({
    companyId: row.company_id as number,
    id: row.id as string,
    contractNumber: row.contract_number as string,
    commodity: row.commodity as OwnHolderContract["commodity"],
    supplyAddress: row.supply_address as string,
    mine: row.mine as boolean,
    held: row.held as boolean,
    gateOpen: row.gate_open as boolean,
  }));
}

export type AddableContract = Pick<
  OwnHolderContract,
  "id" | "contractNumber" | "commodity" | "supplyAddress"
>;

/** What the account can add with one button (R5): its holder's, in its companies, in no account yet. */
export async function listAddableContracts(
  ctx: Context<CustomerActor>,
): Promise<AddableContract[]> {
  return await inTransaction(ctx, async (tx) => {
    const found = await ownHolderContracts(
      tx,
      sql`company_known and gate_open and not mine and not held`,
    );
    return found.map(({ id, contractNumber, commodity, supplyAddress }) => ({
      id,
      contractNumber,
      commodity,
      supplyAddress,
    }));
  });
}

/** Whether a typed tax id is the account holder's own (R5); nobody else's is looked up. */
export async function isOwnTaxId(ctx: Context<CustomerActor>, taxId: string): Promise<boolean> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const own = await db
      .select({ id: holders.id })
      .from(holders)
      .where(
        and(
          eq(holders.id, actor.holderId),
          or(eq(holders.taxId, taxId), eq(holders.vatNumber, taxId)),
        ),
      );
    return own.length > 0;
  });
}

/** The one of these contracts that a bill of this number, of the last 24 months, was issued for (R1). */
export async function provesContract(
  { db }: TxContext<CustomerActor>,
  candidates: OwnHolderContract[],
  billNumber: string,
): Promise<OwnHolderContract | undefined> {
  if (candidates.length === 0) {
    return undefined;
  }
  const keys = JSON.stringify(candidates.map(({ companyId, id }) => ({ companyId, id })));
  const [proven] = await db.execute<{ id: string }>(sql`
    select k.id from json_to_recordset(${keys}::json) as k("companyId" smallint, id uuid)
    where own_holder_bill(k."companyId", k.id, ${compactCode(billNumber)}, ${RECENT_BILL_MONTHS})
    limit 1`);
  return candidates.find(({ id }) => id === proven?.id);
}
