import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { linkRequests } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { enqueue } from "@/lib/jobs/queue";
import { assertMayHelpCustomers } from "../rules";
import { WAITS } from "./read-attempts";

/**
 * Asks for the link of a registration that waits for its confirmation to be sent again, to the e-mail it was
 * made with and nowhere else (R3, R4). Audited (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such attempt
 */
export async function askForConfirmation(
  ctx: Context<StaffActor>,
  { attemptId }: { attemptId: string },
): Promise<Result<null, "not_waiting">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "ask for a confirmation");
    const [attempt] = await tx.db.execute<{
      email: string;
      language: Language;
      company: number;
      waits: boolean;
    }>(sql`
      select s.email, s.language, s.company_id as company, ${WAITS} as waits
      from signup_attempts s where s.id = ${attemptId}`);
    if (!attempt) {
      throw new NotFoundError("attempt");
    }
    if (!attempt.waits) {
      return fail("not_waiting");
    }
    const requestId = uuidv7();
    await tx.db.insert(linkRequests).values({
      id: requestId,
      kind: "confirm_account",
      email: attempt.email,
      language: attempt.language,
    });
    await enqueue(tx, "answer_link_request", { requestId });
    await recordAudit(tx, {
      action: "asked_for_confirmation",
      subjectKind: "signup_attempt",
      subjectId: attemptId,
      companyId: attempt.company,
    });
    return ok(null);
  });
}
