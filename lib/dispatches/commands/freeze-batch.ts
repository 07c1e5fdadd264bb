import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { BATCH_LIMIT } from "../rules";
import { sendableExcept } from "../scope";

/**
 * Freezes up to 100 queued e-mail dispatches of one company into a batch: members and order, before
 * anything is sent (R17). Two workers at once freeze different ones.
 * @param except companies whose mails are not to be sent for now.
 * @returns how many; 0 when nothing is queued.
 */
export async function freezeBatch(
  ctx: Context<SystemActor>,
  except: Iterable<number> = [],
): Promise<number> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [oldest] = await db
      .select({ companyId: dispatches.companyId })
      .from(dispatches)
      .where(
        and(
          sendableExcept(actor, dispatches, except),
          eq(dispatches.state, "queued"),
          eq(dispatches.channel, "email"),
        ),
      )
      .limit(1)
      .for("update", { skipLocked: true });
    if (!oldest) {
      return 0;
    }
    const [frozen] = await db.execute<{ members: number }>(sql`
      with picked as (
        select company_id, contract_id, document_id, row_number() over (order by id) - 1 as position
        from (
          select company_id, contract_id, document_id, id from dispatches
          where company_id = ${oldest.companyId} and state = 'queued' and channel = 'email'
          order by id
          limit ${BATCH_LIMIT}
          for update skip locked
        ) queued
      ), batch as (
        insert into dispatch_batches (company_id, id, members)
        select ${oldest.companyId}, ${uuidv7()}, count(*) from picked
        returning id, members
      ), batched as (
        update dispatches d
        set state = 'batched', batch_id = batch.id, position = picked.position
        from picked, batch
        where d.company_id = picked.company_id and d.contract_id = picked.contract_id
          and d.document_id = picked.document_id
      )
      select members from batch`);
    return frozen?.members ?? 0;
  });
}
