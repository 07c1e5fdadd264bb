import { holdLinks } from "@/lib/accounts/commands/hold-links";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { listDeliveries } from "../queries";
import { askToConfirm, claimAddress } from "./confirm-address";

type AskAgainCode = "nothing_to_confirm" | "asked_just_now" | "too_many_confirmations";

/**
 * Mails the dedicated address of a contract's choice a new link to confirm it with (R8), as often as
 * the limits against flooding allow.
 * @throws {NotFoundError} when the contract is not in the actor's account.
 */
export async function askAgain(
  ctx: Context<CustomerActor>,
  { contractId }: { contractId: string },
): Promise<Result<{ email: string }, AskAgainCode>> {
  return await inTransaction(ctx, async (tx) => {
    await holdLinks(tx, [contractId]);
    const [delivery] = await listDeliveries(tx, { contractId });
    if (!delivery) {
      throw new NotFoundError("contract");
    }
    const email = delivery.awaitsConfirmation ? delivery.chosenEmail : null;
    if (!email) {
      return fail("nothing_to_confirm");
    }
    const address = await claimAddress(tx, email);
    switch (address) {
      case "confirmed":
        return fail("nothing_to_confirm");
      case "asked":
        return fail("asked_just_now");
      case "refused":
        return fail("too_many_confirmations");
      case "to_ask":
        await askToConfirm(tx, [delivery], email);
        await recordAudit(tx, {
          action: "asked_to_confirm_address",
          subjectKind: "contract",
          subjectId: contractId,
          companyId: delivery.companyId,
        });
        return ok({ email });
    }
  });
}
