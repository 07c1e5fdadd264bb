CREATE TABLE "bill_lines" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"line_number" integer NOT NULL,
	"section" text NOT NULL,
	"description" text NOT NULL,
	"quantity" numeric,
	"unit" text,
	"unit_price_eur" numeric,
	"amount_cents" integer NOT NULL,
	CONSTRAINT "bill_lines_company_id_contract_id_document_id_line_number_pk" PRIMARY KEY("company_id","contract_id","document_id","line_number")
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"holder_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"bill_number" text NOT NULL,
	"contract_number" text NOT NULL,
	"commodity" text NOT NULL,
	"supply_point" text NOT NULL,
	"supply_address" text NOT NULL,
	"origin" text NOT NULL,
	"run_id" uuid,
	"issue_date" date NOT NULL,
	"due_date" date NOT NULL,
	"period_from" date NOT NULL,
	"period_to" date NOT NULL,
	"total_cents" integer NOT NULL,
	"consumption" numeric,
	"consumption_unit" text,
	"estimated" boolean DEFAULT false NOT NULL,
	"discount_cents" integer DEFAULT 0 NOT NULL,
	"payment_status" text DEFAULT 'open' NOT NULL,
	"storage_key" text,
	"pdf_bytes" integer,
	"imported_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"published_at" timestamp with time zone,
	CONSTRAINT "documents_company_id_contract_id_id_pk" PRIMARY KEY("company_id","contract_id","id"),
	CONSTRAINT "documents_bill_number_unique_in_company" UNIQUE("company_id","bill_number"),
	CONSTRAINT "documents_amount_sign_fits_kind" CHECK (("documents"."kind" = 'credit_note' and "documents"."total_cents" <= 0) or ("documents"."kind" <> 'credit_note' and "documents"."total_cents" >= 0)),
	CONSTRAINT "documents_period_in_order" CHECK ("documents"."period_from" <= "documents"."period_to"),
	CONSTRAINT "documents_run_only_for_run" CHECK (("documents"."origin" = 'run') = ("documents"."run_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "dispatch_batches" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"state" text DEFAULT 'frozen' NOT NULL,
	"members" integer NOT NULL,
	"body_digest" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"first_attempt_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"finished_at" timestamp with time zone,
	"failure" text,
	CONSTRAINT "dispatch_batches_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
CREATE TABLE "dispatch_events" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"provider_event_id" text,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "dispatch_events_company_id_contract_id_document_id_id_pk" PRIMARY KEY("company_id","contract_id","document_id","id"),
	CONSTRAINT "dispatch_events_provider_event_once" UNIQUE("company_id","provider_event_id")
);
--> statement-breakpoint
CREATE TABLE "dispatches" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"run_id" uuid,
	"channel" text NOT NULL,
	"email" text,
	"language" text NOT NULL,
	"state" text NOT NULL,
	"batch_id" uuid,
	"position" integer,
	"provider_id" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"accepted_at" timestamp with time zone,
	"failure" text,
	CONSTRAINT "dispatches_company_id_contract_id_document_id_pk" PRIMARY KEY("company_id","contract_id","document_id"),
	CONSTRAINT "dispatches_id_unique" UNIQUE("company_id","id"),
	CONSTRAINT "dispatches_place_in_batch" UNIQUE("company_id","batch_id","position"),
	CONSTRAINT "dispatches_email_has_an_address" CHECK ("dispatches"."channel" = 'paper' or "dispatches"."email" is not null)
);
--> statement-breakpoint
ALTER TABLE "bill_lines" ADD CONSTRAINT "bill_lines_company_id_contract_id_document_id_documents_company_id_contract_id_id_fk" FOREIGN KEY ("company_id","contract_id","document_id") REFERENCES "public"."documents"("company_id","contract_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_holder_id_holders_id_fk" FOREIGN KEY ("holder_id") REFERENCES "public"."holders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispatch_batches" ADD CONSTRAINT "dispatch_batches_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispatches" ADD CONSTRAINT "dispatches_company_id_contract_id_document_id_documents_company_id_contract_id_id_fk" FOREIGN KEY ("company_id","contract_id","document_id") REFERENCES "public"."documents"("company_id","contract_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "documents_by_issue" ON "documents" USING btree ("company_id","contract_id","issue_date" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "documents_by_run" ON "documents" USING btree ("company_id","run_id") WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "dispatch_batches_open" ON "dispatch_batches" USING btree ("company_id","id") WHERE state = 'frozen';--> statement-breakpoint
CREATE INDEX "dispatches_queued" ON "dispatches" USING btree ("company_id","id") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "dispatches_by_run" ON "dispatches" USING btree ("company_id","run_id");