import { and, asc, eq, type SQLWrapper, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { companies, contracts, holders } from "@/db/schema";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { visibleContracts } from "../scope";
import { mandateOn } from "./mandates";

const onList = {
  id: contracts.id,
  contractNumber: contracts.contractNumber,
  commodity: contracts.commodity,
  companyName: companies.name,
  supplyAddress: contracts.supplyAddress,
  product: contracts.product,
  startsOn: contracts.startsOn,
  endsOn: contracts.endsOn,
};

/** Whatever lists a customer's contracts has light before gas, heat and water. */
export const byService = (commodity: SQLWrapper) =>
  sql`array_position(array['electricity', 'gas', 'district_heating', 'water'], ${commodity})`;

export type ContractListItem = Awaited<ReturnType<typeof listContracts>>[number];

/** The actor's contracts, running ones first. */
export async function listContracts(ctx: Context) {
  return await inTransaction(ctx, async ({ db, actor }) => {
    return await db
      .select(onList)
      .from(contracts)
      .innerJoin(companies, eq(companies.id, contracts.companyId))
      .where(visibleContracts(actor))
      .orderBy(
        sql`${contracts.endsOn} is not null`,
        byService(contracts.commodity),
        asc(companies.name),
        asc(contracts.contractNumber),
      );
  });
}

export type ContractSheet = NonNullable<Awaited<ReturnType<typeof findContract>>>;

/** Everything a customer may know of a contract and its supply (R26); null when it is not theirs. */
export async function findContract(ctx: Context, id: string) {
  if (!isUuid(id)) {
    return null;
  }
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [contract] = await db
      .select({
        ...onList,
        companyId: contracts.companyId,
        customerCode: contracts.customerCode,
        supplyPoint: contracts.supplyPoint,
        billingAddress: contracts.billingAddress,
        productEndsOn: contracts.productEndsOn,
        contractedPowerKw: contracts.contractedPowerKw,
        availablePowerKw: contracts.availablePowerKw,
        meterSerial: contracts.meterSerial,
        annualConsumption: contracts.annualConsumption,
        gasCoefficientC: contracts.gasCoefficientC,
        holderName: holders.name,
        taxId: holders.taxId,
        vatNumber: holders.vatNumber,
        company: {
          slug: companies.slug,
          accentColor: companies.accentColor,
          supportPhone: companies.supportPhone,
          faultPhone: companies.faultPhone,
        },
      })
      .from(contracts)
      .innerJoin(companies, eq(companies.id, contracts.companyId))
      .innerJoin(holders, eq(holders.id, contracts.holderId))
      .where(and(eq(contracts.id, id), visibleContracts(actor)));
    if (!contract) {
      return null;
    }
    return { ...contract, ...(await mandateOn({ db, actor }, id, contract.company.slug)) };
  });
}

/** How the account's holder is called in the billing system. */
export async function findHolderName(ctx: Context<CustomerActor>): Promise<string | null> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [holder] = await db
      .select({ name: holders.name })
      .from(holders)
      .where(eq(holders.id, actor.holderId));
    return holder?.name ?? null;
  });
}
