import { intervalsOfDay } from "@/lib/consumption/bands";
import type { ProfileDay } from "@/lib/consumption/commands";
import type { makeCustomer } from "./people";

/** A day of quarter-hours of a customer's contract, every one `wh`. */
export function makeDay(
  { contract }: Pick<Awaited<ReturnType<typeof makeCustomer>>, "contract">,
  localDay: string,
  wh = 100,
  over: Partial<ProfileDay> = {},
): ProfileDay {
  const intervals = intervalsOfDay(localDay, over.intervalMinutes ?? 15);
  return {
    companyId: contract.companyId,
    contractId: contract.id,
    direction: "consumption",
    localDay,
    intervalMinutes: 15,
    values: Array.from({ length: intervals }, () => wh),
    quality: "a".repeat(intervals),
    source: "test",
    ...over,
  };
}
