CREATE TABLE "address_suspensions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"reason" text NOT NULL,
	"suspended_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"lifted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "delivery_choices" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"account_id" uuid,
	"mode" text NOT NULL,
	"email" text,
	"notice_version" text,
	"origin" text NOT NULL,
	"chosen_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "delivery_choices_company_id_contract_id_id_pk" PRIMARY KEY("company_id","contract_id","id"),
	CONSTRAINT "delivery_choices_mode_known" CHECK ("delivery_choices"."mode" in ('electronic', 'paper')),
	CONSTRAINT "delivery_choices_notice_accepted" CHECK ("delivery_choices"."mode" = 'paper' or "delivery_choices"."origin" <> 'customer' or "delivery_choices"."notice_version" is not null),
	CONSTRAINT "delivery_choices_electronic_has_an_address" CHECK ("delivery_choices"."mode" = 'paper' or "delivery_choices"."account_id" is not null or "delivery_choices"."email" is not null)
);
--> statement-breakpoint
CREATE TABLE "delivery_plans" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"mode" text NOT NULL,
	"email" text,
	"reason" text NOT NULL,
	"discount_cents" integer NOT NULL,
	"discount_basis" text,
	"choice_id" uuid,
	"mandate_id" uuid,
	CONSTRAINT "delivery_plans_company_id_run_id_contract_id_pk" PRIMARY KEY("company_id","run_id","contract_id"),
	CONSTRAINT "delivery_plans_electronic_has_an_address" CHECK (("delivery_plans"."mode" = 'electronic') = ("delivery_plans"."email" is not null))
);
--> statement-breakpoint
CREATE TABLE "invoicing_runs" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"cut_off_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'scheduled' NOT NULL,
	"opened_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"frozen_at" timestamp with time zone,
	"published_at" timestamp with time zone,
	CONSTRAINT "invoicing_runs_company_id_id_pk" PRIMARY KEY("company_id","id"),
	CONSTRAINT "invoicing_runs_name_unique_in_company" UNIQUE("company_id","name"),
	CONSTRAINT "invoicing_runs_cut_off_unique_in_company" UNIQUE("company_id","cut_off_at")
);
--> statement-breakpoint
ALTER TABLE "delivery_choices" ADD CONSTRAINT "delivery_choices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_choices" ADD CONSTRAINT "delivery_choices_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_plans" ADD CONSTRAINT "delivery_plans_company_id_run_id_invoicing_runs_company_id_id_fk" FOREIGN KEY ("company_id","run_id") REFERENCES "public"."invoicing_runs"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoicing_runs" ADD CONSTRAINT "invoicing_runs_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "address_suspensions_by_email" ON "address_suspensions" USING btree ("email");--> statement-breakpoint
CREATE INDEX "delivery_choices_latest" ON "delivery_choices" USING btree ("company_id","contract_id","chosen_at" DESC NULLS LAST,"id" DESC NULLS LAST);