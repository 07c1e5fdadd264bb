import { answerCustomer, bearerOf, ownJson } from "@/lib/api/customer/answer-customer";
import { BASE_UNITS } from "@/lib/consumption/quantity";
import { listMeteredContracts } from "@/lib/consumption/queries";

/** The contracts of the account whose token is shown, with the days their consumption is known for. */
export async function GET(request: Request): Promise<Response> {
  const shown = { secret: bearerOf(request), purpose: "consumption" } as const;
  return await answerCustomer(request, shown, async (ctx) => {
    const contracts = await listMeteredContracts(ctx);
    return ownJson({
      contracts: contracts.map(
        ({ id, contractNumber, commodity, supplyPoint, firstDay, lastDay }) => ({
          ...{ id, contractNumber, commodity, supplyPoint, firstDay, lastDay },
          baseUnit: BASE_UNITS[commodity],
        }),
      ),
    });
  });
}
