import { sql } from "drizzle-orm";
import type { StaffActor, SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import type { Language } from "@/lib/i18n/languages";

/** A contract and who would get its mails. */
export interface PreviewCustomer {
  companyId: number;
  contractId: string;
  contractNumber: string;
  /** Null where the contract is in no account. */
  accountId: string | null;
  email: string | null;
  language: Language;
}

/** The customer of a company's contract by its number; null when the company has none. */
export async function findPreviewCustomer(
  { db }: TxContext<StaffActor | SystemActor>,
  { companyId, contract }: { companyId: number; contract: string },
): Promise<PreviewCustomer | null> {
  const [customer] = await db.execute<Record<string, unknown> & PreviewCustomer>(sql`
    select c.company_id as "companyId", c.id as "contractId", c.contract_number as "contractNumber",
      a.id as "accountId", a.email, coalesce(a.language, h.language) as language
    from contracts c
    join holders h on h.id = c.holder_id
    left join contract_links l on l.company_id = c.company_id and l.contract_id = c.id
      and l.ended_at is null
    left join accounts a on a.id = l.account_id and a.deleted_at is null
    where c.company_id = ${companyId} and c.contract_number = ${contract}`);
  return customer ?? null;
}
