import { v7 as uuidv7 } from "uuid";
import { linkRequests } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { enqueue } from "@/lib/jobs/queue";
import { holdMember } from "../queries";
import { assertMayManageStaff, type StaffManager } from "../rules";

/**
 * Sends a colleague another link to choose a password with, to their own address and nowhere else. Audited (R30).
 * @throws {ForbiddenError} for staff who are no admins
 * @throws {NotFoundError} if there is no such colleague
 */
export async function sendStaffLink(
  ctx: Context<StaffManager>,
  { staffId, language }: { staffId: string; language: Language },
): Promise<Result<null, "disabled">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayManageStaff(tx.actor);
    const { email, disabledAt } = await holdMember(tx, staffId);
    if (disabledAt) {
      return fail("disabled");
    }
    await askForStaffLink(tx, { email, language });
    await recordAudit(tx, {
      action: "asked_for_staff_link",
      subjectKind: "staff",
      subjectId: staffId,
    });
    return ok(null);
  });
}

/** Asks the job that answers for a link, in the caller's transaction (R3, R4). */
export async function askForStaffLink(
  tx: TxContext<StaffManager>,
  to: { email: string; language: Language },
): Promise<void> {
  const requestId = uuidv7();
  await tx.db.insert(linkRequests).values({ id: requestId, kind: "staff_password", ...to });
  await enqueue(tx, "answer_link_request", { requestId });
}
