import type { StaffActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { WithdrawFailure } from "@/lib/documents/commands/withdraw-documents";
import { type AskedBill, listAskedBills } from "@/lib/documents/queries/withdrawals";
import type { RunReference } from "./run";

/** How many refused bill numbers the page names. */
const NAMED = 10;
/** Which of the bills a refusal is about. */
const REFUSED: Partial<Record<WithdrawFailure, AskedBill["state"]>> = {
  unknown_bill: "unknown",
  already_withdrawn: "withdrawn",
  not_published: "not_published",
};

/**
 * The bills that a withdrawal was refused for, in words: among thousands nobody finds them unnamed.
 * @throws {NotFoundError} if there is no such run
 * @throws {ForbiddenError} for a role that may not look at runs
 */
export async function refusedBills(
  ctx: Context<StaffActor>,
  run: RunReference,
  code: WithdrawFailure,
  billNumbers: string[],
): Promise<{ refused?: string }> {
  const state = REFUSED[code];
  const asked = state ? await listAskedBills(ctx, { ...run, billNumbers }) : [];
  const refused = asked.filter((bill) => bill.state === state).map((bill) => bill.billNumber);
  const more = refused.length > NAMED ? " …" : "";
  return refused.length > 0 ? { refused: refused.slice(0, NAMED).join(", ") + more } : {};
}
