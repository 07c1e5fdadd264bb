import { and, eq } from "drizzle-orm";
import { selfReadings } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ForbiddenError, fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { mayDecideReadings } from "../rules";
import { visibleSelfReadings } from "../scope";
import { type Decision, recordDecisions } from "./record-decisions";

/**
 * What somebody at the desk decided of one self-reading, as a line of the back office's file would. The same decision
 * again changes nothing.
 * @throws {ForbiddenError} for support, who look
 * @throws {NotFoundError} where no reading has this receipt
 */
export async function decideSelfReading(
  ctx: Context<StaffActor>,
  decision: Decision,
): Promise<Result<null, "decidedOtherwise">> {
  if (!mayDecideReadings(ctx.actor)) {
    throw new ForbiddenError("decide self-readings");
  }
  return await inTransaction(ctx, async (tx) => {
    if ((await recordDecisions(tx, [decision])) > 0) {
      return ok(null);
    }
    const [found] = await tx.db
      .select({ state: selfReadings.state, refusal: selfReadings.refusal })
      .from(selfReadings)
      .where(and(eq(selfReadings.receiptCode, decision.code), visibleSelfReadings(tx.actor)));
    if (!found) {
      throw new NotFoundError("self-reading");
    }
    const same = found.state === decision.state && found.refusal === decision.refusal;
    return same ? ok(null) : fail("decidedOtherwise");
  });
}
