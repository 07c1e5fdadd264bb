import { and, asc, eq, exists, gt, isNull, or, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { companies, contractLinks, contracts, mandateRequests, mandates } from "@/db/schema";
import type { DataSet } from "@/lib/api/data-files";
import type { CustomerActor } from "@/lib/auth/actor";
import { maskIban } from "@/lib/contracts/rules";
import { visibleContracts, visibleRequests } from "@/lib/contracts/scope";
import { type Ctx, pages } from "./pages";

const PAGE = 500;
const query = new QueryBuilder({ casing: "snake_case" });

/** The contracts in the account, as the billing system last told them (R26). */
export const contractsSet = (ctx: Ctx): DataSet => ({
  name: "contracts",
  columns: {
    company: "text",
    contract_number: "text",
    customer_code: "text",
    commodity: "text",
    supply_point: "text",
    supply_address: "text",
    billing_address: "text",
    product: "text",
    product_ends_on: "day",
    contracted_power_kw: "decimal",
    available_power_kw: "decimal",
    meter_serial: "text",
    annual_consumption: "decimal",
    gas_coefficient_c: "decimal",
    starts_on: "day",
    ends_on: "day",
    held_since: "day",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: { id: string } | undefined) =>
      db
        .select({
          id: contracts.id,
          company: companies.name,
          contract_number: contracts.contractNumber,
          customer_code: contracts.customerCode,
          commodity: contracts.commodity,
          supply_point: contracts.supplyPoint,
          supply_address: contracts.supplyAddress,
          billing_address: contracts.billingAddress,
          product: contracts.product,
          product_ends_on: contracts.productEndsOn,
          contracted_power_kw: contracts.contractedPowerKw,
          available_power_kw: contracts.availablePowerKw,
          meter_serial: contracts.meterSerial,
          annual_consumption: contracts.annualConsumption,
          gas_coefficient_c: contracts.gasCoefficientC,
          starts_on: contracts.startsOn,
          ends_on: contracts.endsOn,
          held_since: contracts.heldSince,
        })
        .from(contracts)
        .innerJoin(companies, eq(companies.id, contracts.companyId))
        .where(and(visibleContracts(actor), last && gt(contracts.id, last.id)))
        .orderBy(asc(contracts.id))
        .limit(PAGE),
    ),
});

/** The holder's mandates on contracts that are in the account or left it by a change of hands (R5). */
const ownMandates = (actor: CustomerActor) =>
  and(
    eq(mandates.holderId, actor.holderId),
    exists(
      query
        .select({ one: sql`1` })
        .from(contractLinks)
        .where(
          and(
            eq(contractLinks.companyId, mandates.companyId),
            eq(contractLinks.contractId, mandates.contractId),
            eq(contractLinks.accountId, actor.accountId),
            or(isNull(contractLinks.endedAt), eq(contractLinks.endedBecause, "holder_changed")),
          ),
        ),
    ),
  );

/** The direct debits, with the bank account masked as everywhere in the portal. */
export const mandatesSet = (ctx: Ctx): DataSet => ({
  name: "mandates",
  columns: {
    company: "text",
    contract_number: "text",
    reference: "text",
    iban: "text",
    debtor: "text",
    creditor_id: "text",
    status: "text",
    since: "day",
    until: "day",
    recorded_at: "instant",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: { id: string } | undefined) => {
      const rows = await db
        .select({
          id: mandates.id,
          company: companies.name,
          contract_number: contracts.contractNumber,
          reference: mandates.reference,
          iban: mandates.iban,
          debtor: mandates.debtor,
          creditor_id: mandates.creditorId,
          status: mandates.status,
          since: mandates.since,
          until: mandates.until,
          recorded_at: mandates.recordedAt,
        })
        .from(mandates)
        .innerJoin(companies, eq(companies.id, mandates.companyId))
        // Null once the contract changed hands: it is another person's then (R5).
        .leftJoin(
          contracts,
          and(
            eq(contracts.companyId, mandates.companyId),
            eq(contracts.id, mandates.contractId),
            visibleContracts(actor),
          ),
        )
        .where(and(ownMandates(actor), last && gt(mandates.id, last.id)))
        .orderBy(asc(mandates.id))
        .limit(PAGE);
      return rows.map((row) => ({ ...row, iban: maskIban(row.iban) }));
    }),
});

/** The direct debits that were asked for here, with the bank account as it was typed. */
export const mandateRequestsSet = (ctx: Ctx): DataSet => ({
  name: "mandate-requests",
  columns: {
    contract_number: "text",
    debtor: "text",
    iban: "text",
    requested_at: "instant",
    exported_at: "instant",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: { id: string } | undefined) =>
      db
        .select({
          id: mandateRequests.id,
          contract_number: contracts.contractNumber,
          debtor: mandateRequests.debtor,
          iban: mandateRequests.iban,
          requested_at: mandateRequests.requestedAt,
          exported_at: mandateRequests.exportedAt,
        })
        .from(mandateRequests)
        .leftJoin(
          contracts,
          and(
            eq(contracts.companyId, mandateRequests.companyId),
            eq(contracts.id, mandateRequests.contractId),
            visibleContracts(actor),
          ),
        )
        .where(and(visibleRequests(actor), last && gt(mandateRequests.id, last.id)))
        .orderBy(asc(mandateRequests.id))
        .limit(PAGE),
    ),
});
