import { sql } from "drizzle-orm";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { queueAccountMail } from "./account-mails";

/**
 * Tells whoever's credentials have changed, in the transaction of the change, in the brand of a company of
 * theirs. Before the first company is set up there is nobody to send it for.
 */
export async function tellOfCredentials(
  tx: TxContext<CustomerActor | StaffActor>,
  template: "password-changed" | "second-factor-changed",
  params: Record<string, string> = {},
): Promise<void> {
  const { actor } = tx;
  const accountId = actor.kind === "customer" ? actor.accountId : null;
  const [company] = await tx.db.execute<{ id: number }>(sql`
    select id from (
      select l.company_id as id, 0 as place from contract_links l where l.account_id = ${accountId}
      union all select c.id, 1 from companies c
    ) known order by place, id limit 1`);
  if (!company) {
    return;
  }
  await queueAccountMail(tx, {
    template,
    companyId: company.id,
    accountId,
    toEmail: actor.email,
    language: actor.kind === "customer" ? actor.language : "it",
    params,
  });
}
