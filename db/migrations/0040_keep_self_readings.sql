CREATE TABLE "self_reading_windows" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"commodity" text NOT NULL,
	"opens_on_day" smallint NOT NULL,
	"closes_on_day" smallint NOT NULL,
	"valid_from" date NOT NULL,
	"valid_until" date,
	CONSTRAINT "self_reading_windows_company_id_id_pk" PRIMARY KEY("company_id","id"),
	CONSTRAINT "self_reading_windows_days_in_order" CHECK ("self_reading_windows"."opens_on_day" between 1 and 28 and "self_reading_windows"."closes_on_day" between "self_reading_windows"."opens_on_day" and 31)
);
--> statement-breakpoint
CREATE TABLE "self_readings" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"account_id" uuid NOT NULL,
	"read_on" date NOT NULL,
	"count_thousandths" bigint NOT NULL,
	"doubt" text,
	"receipt_code" text NOT NULL,
	"submitted_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"exported_at" timestamp with time zone,
	"state" text DEFAULT 'submitted' NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text,
	"refusal" text,
	CONSTRAINT "self_readings_company_id_contract_id_id_pk" PRIMARY KEY("company_id","contract_id","id"),
	CONSTRAINT "self_readings_count_not_negative" CHECK ("self_readings"."count_thousandths" >= 0),
	CONSTRAINT "self_readings_decided_whole" CHECK (("self_readings"."state" = 'submitted') = ("self_readings"."decided_at" is null)
        and ("self_readings"."state" = 'refused') = ("self_readings"."refusal" is not null))
);
--> statement-breakpoint
ALTER TABLE "self_reading_windows" ADD CONSTRAINT "self_reading_windows_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "self_readings" ADD CONSTRAINT "self_readings_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "self_readings" ADD CONSTRAINT "self_readings_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "self_readings_receipt_code_unique" ON "self_readings" USING btree ("receipt_code");--> statement-breakpoint
CREATE INDEX "self_readings_by_account" ON "self_readings" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "self_readings_one_of_a_day" ON "self_readings" USING btree ("company_id","contract_id","account_id","read_on") WHERE state <> 'refused';--> statement-breakpoint
CREATE INDEX "self_readings_undecided" ON "self_readings" USING btree ("company_id","submitted_at") WHERE state = 'submitted';