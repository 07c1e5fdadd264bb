import { v7 as uuidv7 } from "uuid";
import { staff } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import type { NewStaff } from "../schema";

/** Lets a person sign in under /staff with a role; the command line only, so never a browser. */
export async function addStaff(
  ctx: Context<SystemActor>,
  input: NewStaff & { passwordHash: string },
): Promise<Result<{ id: string }, "email_taken">> {
  return await inTransaction(ctx, async (tx) => {
    const id = uuidv7();
    const added = await tx.db
      .insert(staff)
      .values({ id, ...input })
      .onConflictDoNothing()
      .returning({ id: staff.id });
    if (added.length === 0) {
      return fail("email_taken");
    }
    await recordAudit(tx, {
      action: "added_staff",
      subjectKind: "staff",
      subjectId: id,
      detail: { role: input.role },
    });
    return ok({ id });
  });
}
