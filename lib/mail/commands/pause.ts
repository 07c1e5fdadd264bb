import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { sendingPauses } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context, TxContext } from "@/lib/auth/context";
import { log } from "@/lib/log";
import { RESTORED } from "./hold";

/** Seconds until a paused provider or sender is tried again: the first time, and at the longest. */
const FIRST_PROBE_SECONDS = 30;
const LONGEST_PROBE_SECONDS = 300;

/** Whose mail may go out all the same, since somebody has to try: everybody's, or one company's. */
export interface Probe {
  pauseId: string;
  /** Null: any company. */
  companyId: number | null;
}

/** Whether a company's mail may go out: nothing pauses it, or this is the try that ends the pause. */
export function maySend(companyId: SQL, probe: Probe | null): SQL {
  if (probe?.companyId) {
    return sql`${companyId} = ${probe.companyId}`;
  }
  // The try of a pause of all is no try of a company that is paused for itself.
  const pausing = probe
    ? sql`p.company_id = ${companyId}`
    : sql`coalesce(p.company_id, ${companyId}) = ${companyId}`;
  return sql`not exists (select from sending_pauses p where p.ended_at is null and ${pausing})`;
}

/**
 * Lets mail wait, of one company or (null) of all, because the provider refuses it until somebody acts;
 * in the caller's transaction. Known already, it only puts off the next try.
 */
export async function pauseSending(
  tx: TxContext<SystemActor>,
  { companyId, reason }: { companyId: number | null; reason: string },
): Promise<void> {
  const [pause] = await tx.db.execute<{ id: string; added: boolean }>(sql`
    insert into sending_pauses (company_id, reason, probe_at)
    values (${companyId}, ${reason}, clock_timestamp() + make_interval(secs => ${FIRST_PROBE_SECONDS}))
    on conflict (coalesce(company_id, 0)) where ended_at is null do update set reason = excluded.reason
      where sending_pauses.reason <> ${RESTORED}
    returning id, old.id is null as added`);
  if (pause?.added) {
    await recordAudit(tx, {
      action: "paused_sending",
      subjectKind: "sending_pause",
      subjectId: pause.id,
      companyId: companyId ?? undefined,
      detail: { reason },
    });
    log.error({ reason, company: companyId }, "sending is paused until somebody acts");
  }
}

/** A pause whose next try is due, for one worker: until the try after it nobody else gets it. */
export async function dueProbe(ctx: Context<SystemActor>): Promise<Probe | null> {
  const [due] = await ctx.db.execute<Record<string, unknown> & Probe>(sql`
    update sending_pauses set probes = probes + 1, probe_at = clock_timestamp() + make_interval(
      secs => least(${FIRST_PROBE_SECONDS} * power(2, probes), ${LONGEST_PROBE_SECONDS}))
    where id = (
      select p.id from sending_pauses p where p.ended_at is null and p.probe_at <= clock_timestamp()
        -- What holds a restored database's mail ends by a reconciliation, not by a try.
        and p.reason <> ${RESTORED}
        and (p.company_id is null or not exists (
          select from sending_pauses of_all where of_all.ended_at is null and of_all.company_id is null))
      order by p.probe_at limit 1 for update skip locked)
    returning id as "pauseId", company_id as "companyId"`);
  return due ? { pauseId: due.pauseId, companyId: due.companyId } : null;
}

/** The provider took a mail that was tried during a pause: everything goes on, in the caller's transaction. */
export async function endPause(tx: TxContext<SystemActor>, { pauseId }: Probe): Promise<void> {
  const ended = await tx.db
    .update(sendingPauses)
    .set({ endedAt: sql`clock_timestamp()` })
    .where(and(eq(sendingPauses.id, pauseId), isNull(sendingPauses.endedAt)))
    .returning({ companyId: sendingPauses.companyId, reason: sendingPauses.reason });
  for (const { companyId, reason } of ended) {
    await recordAudit(tx, {
      action: "resumed_sending",
      subjectKind: "sending_pause",
      subjectId: pauseId,
      companyId: companyId ?? undefined,
      detail: { reason },
    });
    log.info({ reason, company: companyId }, "sending goes on");
  }
}
