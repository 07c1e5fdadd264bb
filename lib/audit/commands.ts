import { auditLog } from "@/db/schema";
import { actorId } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";

export interface AuditEntry {
  /** Past tense: `chose_delivery`, `published_run`. */
  action: string;
  subjectKind: string;
  subjectId?: string;
  companyId?: number;
  /** Plain facts; never a tax id, an address, a token or a password. */
  detail?: Record<string, string | number | boolean | null>;
}

/** Adds to the audit log, in the transaction of what it tells (R30). */
export async function recordAudit(ctx: TxContext, entry: AuditEntry): Promise<void> {
  await recordAudits(ctx, [entry]);
}

/** The same for what one command did to many things, in one statement. */
export async function recordAudits({ db, actor }: TxContext, entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) {
    return;
  }
  await db.insert(auditLog).values(
    entries.map((entry) => ({
      actorKind: actor.kind,
      actorId: actorId(actor),
      action: entry.action,
      subjectKind: entry.subjectKind,
      subjectId: entry.subjectId ?? null,
      companyId: entry.companyId ?? null,
      detail: entry.detail ?? {},
    })),
  );
}
