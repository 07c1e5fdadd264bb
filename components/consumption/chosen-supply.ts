import { notFound } from "next/navigation";
import { requireCustomer } from "@/lib/auth/current";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { chooseContract, consumptionAddress } from "@/lib/consumption/schema";
import { ALL_SUPPLIES } from "./view-address";

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/**
 * What every page about consumption begins with: who asks, their contracts, and the one that the address names,
 * else the first. A name that is none of theirs is not found (R28); with `orAll` that of all is none either, and
 * chosen is nothing.
 */
export async function chosenSupply(
  page: string,
  searchParams: SearchParams,
  { orAll = false }: { orAll?: boolean } = {},
) {
  const ctx = await requireCustomer(page);
  const asked = consumptionAddress.parse(await searchParams);
  const contracts = await listMeteredContracts(ctx);
  const { chosen, nameOf } = chooseContract(contracts, asked.contract);
  if (asked.contract && !chosen && !(orAll && asked.contract === ALL_SUPPLIES)) {
    notFound();
  }
  return { ctx, asked, contracts, chosen, nameOf };
}
