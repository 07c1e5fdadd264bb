CREATE TABLE "mandate_end_notices" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"mandate_id" uuid NOT NULL,
	"until" date NOT NULL,
	"account_id" uuid NOT NULL,
	"mail_id" uuid NOT NULL,
	"told_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "mandate_end_notices_pk" PRIMARY KEY("company_id","contract_id","mandate_id","until","account_id")
);
--> statement-breakpoint
CREATE TABLE "mandate_requests" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"holder_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"debtor" text NOT NULL,
	"iban" text NOT NULL,
	"requested_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"exported_at" timestamp with time zone,
	CONSTRAINT "mandate_requests_company_id_contract_id_id_pk" PRIMARY KEY("company_id","contract_id","id")
);
--> statement-breakpoint
CREATE TABLE "run_approvals" (
	"company_id" smallint NOT NULL,
	"run_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"withdrawal_id" uuid,
	"person" text NOT NULL,
	"documents" integer NOT NULL,
	"approved_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "run_approvals_company_id_run_id_id_pk" PRIMARY KEY("company_id","run_id","id")
);
--> statement-breakpoint
CREATE TABLE "run_orders" (
	"company_id" smallint NOT NULL,
	"run_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"step" text NOT NULL,
	"reason" text,
	"ordered_by" uuid NOT NULL,
	"ordered_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"outcome" text,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "run_orders_company_id_run_id_id_pk" PRIMARY KEY("company_id","run_id","id"),
	CONSTRAINT "run_orders_step_known" CHECK ("run_orders"."step" in ('freeze', 'publish', 'close', 'cancel', 'withdraw', 'approve'))
);
--> statement-breakpoint
CREATE TABLE "withdrawals" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"run_id" uuid,
	"reason" text NOT NULL,
	"documents" integer NOT NULL,
	"person" text NOT NULL,
	"asked_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"approved_by" text,
	"carried_out_at" timestamp with time zone,
	CONSTRAINT "withdrawals_company_id_id_pk" PRIMARY KEY("company_id","id"),
	CONSTRAINT "withdrawals_reason_given" CHECK (length(trim("withdrawals"."reason")) > 0),
	CONSTRAINT "withdrawals_by_two_people" CHECK ("withdrawals"."approved_by" is distinct from "withdrawals"."person")
);
--> statement-breakpoint
CREATE TABLE "withdrawn_documents" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"withdrawal_id" uuid NOT NULL,
	CONSTRAINT "withdrawn_documents_pk" PRIMARY KEY("company_id","contract_id","document_id","withdrawal_id")
);
--> statement-breakpoint
ALTER TABLE "invoicing_runs" DROP CONSTRAINT "invoicing_runs_cut_off_unique_in_company";--> statement-breakpoint
ALTER TABLE "documents" DROP CONSTRAINT "documents_bill_number_unique_in_company";--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "approval_above" integer DEFAULT 1000 NOT NULL;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "withdraw_above" integer DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery_choices" ADD COLUMN "undoes" uuid;--> statement-breakpoint
ALTER TABLE "delivery_choices" ADD COLUMN "import_id" uuid;--> statement-breakpoint
ALTER TABLE "delivery_choices" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD COLUMN "origin" text DEFAULT 'operator' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD COLUMN "loaded_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD COLUMN "closed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD COLUMN "cancelled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD COLUMN "cancel_reason" text;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "replaces" uuid;--> statement-breakpoint
ALTER TABLE "mandate_end_notices" ADD CONSTRAINT "mandate_end_notices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandate_requests" ADD CONSTRAINT "mandate_requests_holder_id_holders_id_fk" FOREIGN KEY ("holder_id") REFERENCES "public"."holders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandate_requests" ADD CONSTRAINT "mandate_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandate_requests" ADD CONSTRAINT "mandate_requests_contract_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_approvals" ADD CONSTRAINT "run_approvals_company_id_run_id_invoicing_runs_company_id_id_fk" FOREIGN KEY ("company_id","run_id") REFERENCES "public"."invoicing_runs"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_approvals" ADD CONSTRAINT "run_approvals_withdrawal_fk" FOREIGN KEY ("company_id","withdrawal_id") REFERENCES "public"."withdrawals"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_orders" ADD CONSTRAINT "run_orders_ordered_by_staff_id_fk" FOREIGN KEY ("ordered_by") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_orders" ADD CONSTRAINT "run_orders_company_id_run_id_invoicing_runs_company_id_id_fk" FOREIGN KEY ("company_id","run_id") REFERENCES "public"."invoicing_runs"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "withdrawals" ADD CONSTRAINT "withdrawals_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "withdrawn_documents" ADD CONSTRAINT "withdrawn_documents_document_fk" FOREIGN KEY ("company_id","contract_id","document_id") REFERENCES "public"."documents"("company_id","contract_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "withdrawn_documents" ADD CONSTRAINT "withdrawn_documents_withdrawal_fk" FOREIGN KEY ("company_id","withdrawal_id") REFERENCES "public"."withdrawals"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mandate_requests_to_export" ON "mandate_requests" USING btree ("company_id","requested_at") WHERE exported_at is null;--> statement-breakpoint
CREATE INDEX "mandate_requests_by_account" ON "mandate_requests" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "run_orders_open" ON "run_orders" USING btree ("ordered_at") WHERE finished_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoicing_runs_cut_off_unique_while_not_cancelled" ON "invoicing_runs" USING btree ("company_id","cut_off_at") WHERE state <> 'cancelled';--> statement-breakpoint
CREATE INDEX "invoicing_runs_due" ON "invoicing_runs" USING btree ("cut_off_at") WHERE state = 'scheduled';--> statement-breakpoint
CREATE UNIQUE INDEX "documents_bill_number_unique_while_valid" ON "documents" USING btree ("company_id","bill_number") WHERE withdrawn_at is null;--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_approval_sizes" CHECK ("companies"."approval_above" >= 0 and "companies"."withdraw_above" >= 0);--> statement-breakpoint
ALTER TABLE "delivery_choices" ADD CONSTRAINT "delivery_choices_ends_are_paper" CHECK ("delivery_choices"."mode" = 'paper' or "delivery_choices"."origin" in ('customer', 'import', 'paper_form'));--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD CONSTRAINT "invoicing_runs_state_known" CHECK ("invoicing_runs"."state" in ('scheduled', 'frozen', 'loaded', 'published', 'closed', 'cancelled'));--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD CONSTRAINT "invoicing_runs_cancelled_with_reason" CHECK (("invoicing_runs"."state" = 'cancelled') = ("invoicing_runs"."cancel_reason" is not null));--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_withdrawn_once_published" CHECK ("documents"."withdrawn_at" is null or "documents"."published_at" is not null);