/*
 * How the schema is spread once one PostgreSQL is too small (README, "Past one machine"): the tables of a
 * contract by company_id (partitions) and contract_id (Citus, or shards of one's own), so that all rows of
 * a contract lie on one node; the tables of a company by company_id, each whole on every node.
 */

/** The columns by which rows of a table are spread; `contracts` is the contract itself. */
export interface Keys {
  company: string;
  contract?: string;
}

const OF_CONTRACT: Keys = { company: "company_id", contract: "contract_id" };
const OF_COMPANY: Keys = { company: "company_id" };

const CONTRACT_TABLES =
  "bill_line_sets bill_lines consumption_alerts consumption_findings consumption_spans contract_links daily_consumption delivery_choices delivery_plans dispatch_events dispatch_mails dispatch_orders dispatches documents import_before load_profiles mail_room_items mandate_end_notices mandate_requests mandates self_reading_photos self_readings withdrawn_documents";
const COMPANY_TABLES =
  "discounts dispatch_batches emission_factors invoicing_runs mail_room_exports run_approvals run_orders self_reading_windows waiting_invoices withdrawals";

/** Spread tables, the view of one of them, and the columns that spread them. */
export const SPREAD: ReadonlyMap<string, Keys> = new Map([
  ...CONTRACT_TABLES.split(" ").map((table) => [table, OF_CONTRACT] as const),
  ["contracts", { company: "company_id", contract: "id" }] as const,
  ...COMPANY_TABLES.split(" ").map((table) => [table, OF_COMPANY] as const),
]);

/**
 * Tables that are not spread, and why. People and logins belong to no company, since a holder may have
 * contracts in several: whole on every node (a reference table of Citus), or on the coordinator.
 */
export const WHOLE: Readonly<Record<string, string>> = {
  "accounts companies delivery_addresses holders mail_forms address_suspensions":
    "whole on every node: joined with the rows of contracts in all companies, some hundred bytes for each person",
  "customer_tokens data_exports deletions link_requests rate_limits recovery_codes second_factors sessions signup_attempts staff tokens":
    "on the coordinator: of logins, read by token or account",
  "account_mail_events account_mails contract_releases support_cases":
    "on the coordinator: of accounts, some rows a year for each; never joined with bills",
  "audit_blocks audit_log": "on the coordinator: one chain of hashes; to be cut by time",
  "api_documents api_keys api_requests import_faults imports webhook_deliveries webhook_endpoints webhook_secrets":
    "on the coordinator: of files and of other programs",
  "heartbeats provider_contact provider_events sending_mark sending_pace sending_pauses sent_before_restore":
    "on the coordinator: one account with the provider, whatever the company",
};
