import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { sealAuditLog } from "./commands/seal-audit-log";

/** The job `seal_audit_log`: repeatable, and takes no payload. */
export async function sealAuditLogJob(ctx: Context<SystemActor>): Promise<void> {
  await sealAuditLog(ctx);
}
