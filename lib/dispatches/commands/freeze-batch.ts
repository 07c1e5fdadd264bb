import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { dispatches } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { BATCH_LIMIT } from "../rules";
import { sendableExcept } from "../scope";

/**
 * Freezes up to 100 queued e-mail dispatches of one company into a batch: members and order, before
 * anything is sent (R17). Two workers at once freeze different ones. Those whose address was
 * suspended since they were queued go on paper instead, and keep the discount (R19).
 * @param except companies whose mails are not to be sent for now.
 * @returns how many left the queue; 0 when nothing is queued.
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
    const [taken] = await db.execute<{ dispatches: number }>(sql`
      with taken as (
        select company_id, contract_id, document_id, id,
          exists (select from address_suspensions s where s.email = queued.email
            and (s.lifted_at is null or s.lifted_at > clock_timestamp())) as suspended
        from (
          select company_id, contract_id, document_id, id, email from dispatches
          where company_id = ${oldest.companyId} and state = 'queued' and channel = 'email'
          order by id
          limit ${BATCH_LIMIT}
          for update skip locked
        ) queued
      ), papered as (
        update dispatches d
        set channel = 'paper', state = 'paper', failure = 'address_suspended'
        from taken
        where taken.suspended and d.company_id = taken.company_id
          and d.contract_id = taken.contract_id and d.document_id = taken.document_id
      ), told as (
        insert into dispatch_events (company_id, contract_id, document_id, type, occurred_at, detail)
        select company_id, contract_id, document_id, 'turned_to_paper', clock_timestamp(),
          '{"reason": "address_suspended"}'
        from taken where suspended
      ), picked as (
        select taken.*, row_number() over (order by id) - 1 as position from taken where not suspended
      ), batch as (
        insert into dispatch_batches (company_id, id, members)
        select ${oldest.companyId}, ${uuidv7()}::uuid, count(*) from picked having count(*) > 0
        returning id
      ), batched as (
        update dispatches d
        set state = 'batched', batch_id = batch.id, position = picked.position
        from picked, batch
        where d.company_id = picked.company_id and d.contract_id = picked.contract_id
          and d.document_id = picked.document_id
      )
      select count(*)::int as dispatches from taken`);
    return taken?.dispatches ?? 0;
  });
}
