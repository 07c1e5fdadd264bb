import { and, asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import type { Transaction } from "@/db/client";
import { companies, dispatches, documents, holders, mandates } from "@/db/schema";
import type { NewBillProps } from "@/emails/new-bill";
import type { Actor, StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ForbiddenError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { type BillMailRow, newBillProps } from "./bill-mail-row";
import { mayPreviewMails } from "./rules";
import { visibleDispatches } from "./scope";

/** A member of a batch with all its mail tells. */
export interface BatchMember extends BillMailRow {
  dispatchId: string;
  email: string;
  position: number;
}

/** The members of a batch that are still to be sent, in their frozen order (R17). */
export async function batchMembers(
  db: Transaction,
  actor: Actor,
  batch: { companyId: number; id: string },
): Promise<BatchMember[]> {
  const rows = await mailRows(
    db,
    and(
      visibleDispatches(actor),
      eq(dispatches.companyId, batch.companyId),
      eq(dispatches.batchId, batch.id),
      eq(dispatches.state, "batched"),
      eq(dispatches.channel, "email"),
    ),
  );
  return rows.flatMap(({ dispatch, ...row }) =>
    dispatch?.email && dispatch.position !== null
      ? [
          {
            ...row,
            language: dispatch.language,
            dispatchId: dispatch.id,
            email: dispatch.email,
            position: dispatch.position,
          },
        ]
      : [],
  );
}

/**
 * A bill's mail as it would be sent now, for staff: in the language asked for, else the dispatch's,
 * else the holder's. `bill` is its id or its number in the company; a withdrawn one goes by its id.
 * Null when there is none.
 * @throws ForbiddenError for a role that may not preview.
 */
export async function findBillMail(
  ctx: Context<StaffActor>,
  { companyId, bill, language }: { companyId: number; bill: string; language: Language | null },
): Promise<NewBillProps | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    if (!mayPreviewMails(actor)) {
      throw new ForbiddenError("previewing e-mails");
    }
    const [row] = await mailRows(
      db,
      and(
        visibleDispatches(actor),
        eq(documents.companyId, companyId),
        isUuid(bill)
          ? eq(documents.id, bill)
          : and(eq(documents.billNumber, bill), isNull(documents.withdrawnAt)),
      ),
    );
    return row
      ? newBillProps({ ...row, language: language ?? row.dispatch?.language ?? row.language })
      : null;
  });
}

function mailRows(db: Transaction, where: SQL | undefined) {
  // The one the bill's page names as well.
  const mandate = db
    .select({ reference: mandates.reference, creditorId: mandates.creditorId })
    .from(mandates)
    .where(
      and(
        eq(mandates.companyId, documents.companyId),
        eq(mandates.contractId, documents.contractId),
        sql`${mandates.id} = (select paying.id from paying_mandate(${documents.companyId},
          ${documents.contractId}, ${documents.holderId}, ${documents.issueDate},
          ${documents.dueDate}) paying)`,
      ),
    )
    .as("mandate");
  return db
    .select({
      company: companies,
      document: documents,
      dispatch: dispatches,
      holderName: holders.name,
      language: holders.language,
      mandate: { reference: mandate.reference, creditorId: mandate.creditorId },
    })
    .from(documents)
    .innerJoin(companies, eq(companies.id, documents.companyId))
    .innerJoin(holders, eq(holders.id, documents.holderId))
    .leftJoin(
      dispatches,
      and(
        eq(dispatches.companyId, documents.companyId),
        eq(dispatches.contractId, documents.contractId),
        eq(dispatches.documentId, documents.id),
      ),
    )
    .leftJoinLateral(mandate, sql`true`)
    .where(where)
    .orderBy(asc(dispatches.position));
}
