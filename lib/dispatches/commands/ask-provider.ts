import { sql } from "drizzle-orm";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { waitForPlace } from "@/lib/mail/commands/pace";
import { findSentMail, ProviderSilentError } from "@/lib/mail/sent-mails";
import { ASK_AFTER_HOURS, isProviderEvent } from "../rules";
import { receiveEvent } from "./receive-event";
import { type ReconciledBatches, reconcileBatches } from "./reconcile-batches";

/** Mails that are asked for in one go; the next hour goes on. */
const MOST = 500;

export interface Asked extends ReconciledBatches {
  /** Mails of which the provider had told nothing, and how many it knew more of. */
  asked: number;
  learnt: number;
  /** Why it did not answer, and the rest was left for another time; null when it did. */
  unanswered: string | null;
}

interface SilentMail extends Record<string, unknown> {
  companyId: number;
  contractId: string;
  documentId: string;
  id: string;
  batchId: string;
  providerId: string;
}

/**
 * Asks the provider for what its webhooks did not tell (R18): the last event of mails that it took hours
 * ago, the most urgent first, and what became of batches that were set aside (R17). What it answers is an
 * event like any other; a mail of such a batch that it has never seen goes out in a new one.
 * @param only one company's, or one run's
 */
export async function askProvider(
  ctx: Context<SystemActor>,
  { only = {}, stop }: { only?: { companyId?: number; runId?: string }; stop?: AbortSignal } = {},
): Promise<Asked> {
  const result: Asked = {
    ...{ asked: 0, learnt: 0, batches: 0, taken: 0, requeued: 0 },
    unanswered: null,
  };
  try {
    for (const mail of await silentMails(ctx, only)) {
      if (stop?.aborted) {
        return result;
      }
      result.asked += 1;
      result.learnt += (await askFor(ctx, mail)) ? 1 : 0;
    }
    Object.assign(result, await reconcileBatches(ctx, only, stop));
  } catch (error) {
    if (!(error instanceof ProviderSilentError)) {
      throw error;
    }
    result.unanswered = error.message;
  }
  return result;
}

async function askFor(ctx: Context<SystemActor>, mail: SilentMail): Promise<boolean> {
  await waitForPlace(ctx);
  const sent = await findSentMail(mail.providerId);
  const type = `email.${sent?.lastEvent ?? ""}`;
  await inTransaction(ctx, async ({ db }) => {
    await db.execute(sql`
      insert into dispatch_events (company_id, contract_id, document_id, batch_id, type, occurred_at)
      values (${mail.companyId}, ${mail.contractId}, ${mail.documentId}, ${mail.batchId},
        'asked_provider', clock_timestamp())`);
  });
  // It took the mail: that much is known already.
  if (!isProviderEvent(type) || type === "email.sent") {
    return false;
  }
  await receiveEvent(ctx, {
    id: `asked_${mail.providerId}_${sent?.lastEvent}`,
    companyId: mail.companyId,
    dispatchId: mail.id,
    batchId: mail.batchId,
    mailId: null,
    type,
    occurredAt: new Date(),
    detail: { emailId: mail.providerId, asked: "yes" },
  });
  return true;
}

type Only = { companyId?: number; runId?: string };

async function silentMails(ctx: Context<SystemActor>, { companyId, runId }: Only) {
  return await inTransaction(ctx, async ({ db }) => {
    const rows = await db.execute<SilentMail>(sql`
      select d.company_id as "companyId", d.contract_id as "contractId",
        d.document_id as "documentId", d.id, d.batch_id as "batchId", d.provider_id as "providerId"
      from companies co
      join dispatches d on d.company_id = co.id
      join documents doc on doc.company_id = d.company_id and doc.contract_id = d.contract_id
        and doc.id = d.document_id
      where d.state in ('accepted', 'delayed') and d.provider_id is not null
        and d.accepted_at < clock_timestamp() - make_interval(hours => ${ASK_AFTER_HOURS})
        and ${companyId === undefined ? sql`true` : sql`co.id = ${companyId}`}
        and ${runId === undefined ? sql`true` : sql`d.run_id = ${runId}`}
        and not exists (select from dispatch_events e where e.company_id = d.company_id
          and e.contract_id = d.contract_id and e.document_id = d.document_id
          and e.type = 'asked_provider' and e.batch_id = d.batch_id
          and e.occurred_at > clock_timestamp() - make_interval(hours => ${ASK_AFTER_HOURS}))
      order by doc.due_date, d.id limit ${MOST}`);
    return [...rows];
  });
}
