import { selfReadings } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { newReceiptCode } from "@/lib/auth/token";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import type { ContractKey } from "../queries";
import { findMeterToRead, type ToldReading } from "../queries/self-readings";
import { type Doubt, doubtOf, isOpen, nextOpenDays } from "../self-reading";

export type SelfReadingRefusal = "closed" | "readRemotely" | "dayOutside" | "toldAlready" | Doubt;

interface SelfReadingInput extends ContractKey {
  readOn: string;
  countThousandths: number;
  /** The customer has looked again and stands by it. */
  confirmed: boolean;
}

/**
 * Takes what a customer read off their meter, within the company's window. What looks wrong is asked about
 * once, and then taken with the doubt beside it. The same count of a day again is the one that was told.
 * @param today Europe/Rome
 * @throws {NotFoundError} for a contract that is not in their account, or has ended (R28)
 */
export async function submitSelfReading(
  ctx: Context<CustomerActor>,
  { readOn, countThousandths, confirmed, ...key }: SelfReadingInput,
  today: string,
): Promise<Result<{ receiptCode: string }, SelfReadingRefusal>> {
  return await inTransaction(ctx, async (tx) => {
    const meter = await findMeterToRead(tx, key, today);
    if (!meter) {
      throw new NotFoundError("contract");
    }
    const days = nextOpenDays(meter.windows, today);
    if (meter.readRemotely) {
      return fail("readRemotely");
    }
    if (!isOpen(days, today)) {
      return fail("closed");
    }
    if (readOn < days.from || readOn < meter.since || readOn > today) {
      return fail("dayOutside");
    }
    const standing = meter.readings.filter(({ state }) => state !== "refused");
    const same = standing.find((told) => told.readOn === readOn);
    if (same) {
      return answerOf(same, countThousandths);
    }
    // Newest first: the nearest before, and the nearest after.
    const last = standing.find((told) => told.readOn < readOn) ?? null;
    const next = standing.findLast((told) => told.readOn > readOn) ?? null;
    const doubt = doubtOf({ readOn, countThousandths }, { last, next }, meter.annualThousandths);
    if (doubt && !confirmed) {
      return fail(doubt);
    }
    const receiptCode = newReceiptCode("AL");
    const [added] = await tx.db
      .insert(selfReadings)
      .values({
        ...{ ...key, accountId: tx.actor.accountId, readOn, countThousandths },
        ...{ contractNumber: meter.contractNumber, commodity: meter.commodity },
        ...{ meterSerial: meter.meterSerial, doubt, receiptCode },
      })
      .onConflictDoNothing()
      .returning({ id: selfReadings.id });
    if (!added) {
      // Sent twice at once: the other one stands.
      const again = await findMeterToRead(tx, key, today);
      const other = again?.readings.find(
        (told) => told.readOn === readOn && told.state !== "refused",
      );
      return other ? answerOf(other, countThousandths) : fail("toldAlready");
    }
    await recordAudit(tx, {
      action: "told_self_reading",
      subjectKind: "contract",
      subjectId: key.contractId,
      companyId: key.companyId,
      detail: { readOn, doubt },
    });
    return ok({ receiptCode });
  });
}

const answerOf = (
  { countThousandths, receiptCode }: ToldReading,
  sent: number,
): Result<{ receiptCode: string }, SelfReadingRefusal> =>
  countThousandths === sent ? ok({ receiptCode }) : fail("toldAlready");
