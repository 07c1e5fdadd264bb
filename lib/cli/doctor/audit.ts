import { sql } from "drizzle-orm";
import { verifyAuditLog } from "@/lib/audit/queries/verify-audit-log";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { counted } from "../counted";
import { bad, type Finding, good, warn } from "./finding";

/** A row that is not sealed for longer means that no worker is at work. */
const SEAL_WARN_MINUTES = 15;

/** Whether what was done by whom is being sealed (R30). */
export async function checkSealing({ db }: Context<SystemActor>): Promise<Finding> {
  const [row] = await db.execute<{ minutes: number | null }>(sql`
    select extract(epoch from now() - min(at))::int / 60 as minutes from audit_log
    where id > coalesce((select max(last_id) from audit_blocks), 0)`);
  const minutes = row?.minutes ?? 0;
  return minutes > SEAL_WARN_MINUTES
    ? warn(
        "audit",
        `rows of ${minutes} minutes ago are not sealed; is "npm run worker" running, and what does "sportello doctor --verify-audit" say?`,
      )
    : good("audit", "what was done by whom is sealed");
}

/** The whole audit log against its blocks and its anchor (R30), for `doctor --verify-audit`. */
export async function examineAudit(ctx: Context<SystemActor>): Promise<Finding[]> {
  const { blocks, entries, unsealed, faults } = await verifyAuditLog(ctx);
  if (faults.length > 0) {
    return faults.map((fault) => bad("audit", `${fault} Compare with a backup and the logs.`));
  }
  const rest = unsealed === 0 ? "" : `; ${unsealed} not sealed yet`;
  const sealing = await checkSealing(ctx);
  return [
    good("audit", `${counted(entries, "row")} in ${counted(blocks, "block")} as written${rest}`),
    ...(sealing.status === "ok" ? [] : [sealing]),
  ];
}
