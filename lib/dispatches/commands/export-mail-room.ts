import { sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { personOf, type RunActor, requireRunOperator } from "@/lib/runs/rules";
import {
  forMailRoom,
  MAIL_ROOM_COLUMNS,
  MAIL_ROOM_JOINS,
  type MailRoomRow,
} from "../queries/mail-room";

export interface ExportedMailRoom {
  exportId: string;
  exportedAt: Date;
  rows: MailRoomRow[];
}

/**
 * Hands the mail room what has to be printed and is on no list yet: bills that turned to paper after
 * their run was planned, and bills outside runs, each once, with its reason and its latest safe day (R19).
 * Withdrawn ones are not printed (R21). Two at once share the documents; none is on both lists.
 * @param write writes the rows away; what it throws undoes the export
 * @throws {NotFoundError} if there is no such company
 * @throws {ForbiddenError} for a role that may not change runs
 */
export async function exportMailRoom(
  ctx: Context<RunActor>,
  { company: slug, write }: { company: string; write?: (rows: MailRoomRow[]) => Promise<void> },
): Promise<Result<ExportedMailRoom, "nothing_waits">> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, slug);
    if (!company) {
      throw new NotFoundError(`company "${slug}"`);
    }
    await tx.db.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`mail room ${slug}`}, 0))`,
    );
    const [made] = await tx.db.execute<{ id: string }>(sql`
      insert into mail_room_exports (company_id, person) values (${company.id}, ${personOf(tx.actor)})
      returning id`);
    const exportId = made?.id ?? "";
    await tx.db.execute(sql`
      insert into mail_room_items (company_id, contract_id, document_id, export_id, reason)
      select d.company_id, d.contract_id, d.document_id, ${exportId}, coalesce(d.failure, 'single')
      from dispatches d ${MAIL_ROOM_JOINS}
      where ${forMailRoom(sql`${company.id}`)} and doc.withdrawn_at is null`);
    const exported = await rowsOf(tx, company.id, exportId);
    if (!exported || exported.rows.length === 0) {
      throw new NothingWaits();
    }
    await recordAudit(tx, {
      action: "exported_mail_room",
      subjectKind: "mail_room_export",
      subjectId: exportId,
      companyId: company.id,
      detail: { documents: exported.rows.length },
    });
    await write?.(exported.rows);
    return ok(exported);
  }).catch((error: unknown) => {
    if (error instanceof NothingWaits) {
      return fail("nothing_waits" as const);
    }
    throw error;
  });
}

/** Undoes an export that would be an empty list. */
class NothingWaits extends Error {}

/**
 * A list that was handed over before, to be handed over again: the same documents. Audited, since it holds
 * addresses (R30). Null if the company has no such list.
 * @throws {ForbiddenError} for a role that may not change runs
 */
export async function readMailRoomExport(
  ctx: Context<RunActor>,
  { company: slug, exportId }: { company: string; exportId: string },
): Promise<ExportedMailRoom | null> {
  requireRunOperator(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, slug);
    const exported = company && isUuid(exportId) ? await rowsOf(tx, company.id, exportId) : null;
    if (company && exported) {
      await recordAudit(tx, {
        action: "read_mail_room_export",
        subjectKind: "mail_room_export",
        subjectId: exportId,
        companyId: company.id,
      });
    }
    return exported;
  });
}

async function rowsOf(
  { db }: TxContext,
  companyId: number,
  exportId: string,
): Promise<ExportedMailRoom | null> {
  const [made] = await db.execute<{ ms: number }>(sql`
    select (extract(epoch from exported_at) * 1000)::float8 as ms from mail_room_exports
    where company_id = ${companyId} and id = ${exportId}`);
  if (!made) {
    return null;
  }
  const rows = await db.execute<Record<string, unknown> & MailRoomRow>(sql`
    select ${MAIL_ROOM_COLUMNS}, i.reason
    from mail_room_items i
    join dispatches d on d.company_id = i.company_id and d.contract_id = i.contract_id
      and d.document_id = i.document_id
    ${MAIL_ROOM_JOINS}
    where i.company_id = ${companyId} and i.export_id = ${exportId}
    order by ${sql`"latestSafeOn"`}, c.contract_number, doc.bill_number`);
  return { exportId, exportedAt: new Date(made.ms), rows: [...rows] };
}
