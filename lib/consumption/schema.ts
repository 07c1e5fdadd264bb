import { z } from "zod";

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** What stands in the address of the consumption page; whatever is wrong counts as not given. */
export const consumptionAddress = z.object({
  contract: z.string().min(1).max(64).optional().catch(undefined),
  year: integer(2000, 2100).optional().catch(undefined),
  month: integer(1, 12).optional().catch(undefined),
});

export type ConsumptionAddress = z.output<typeof consumptionAddress>;
