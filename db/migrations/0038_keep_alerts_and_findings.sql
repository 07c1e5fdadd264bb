CREATE TABLE "consumption_alerts" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"threshold_percent" smallint NOT NULL,
	"since" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"looked_to" date,
	CONSTRAINT "consumption_alerts_company_id_contract_id_account_id_pk" PRIMARY KEY("company_id","contract_id","account_id"),
	CONSTRAINT "consumption_alerts_threshold_in_range" CHECK ("consumption_alerts"."threshold_percent" between 10 and 500)
);
--> statement-breakpoint
CREATE TABLE "consumption_findings" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"measured" integer NOT NULL,
	"usual" integer NOT NULL,
	"noticed_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"mail_id" uuid,
	CONSTRAINT "consumption_findings_company_id_contract_id_id_pk" PRIMARY KEY("company_id","contract_id","id"),
	CONSTRAINT "consumption_findings_days_in_order" CHECK ("consumption_findings"."from_day" <= "consumption_findings"."to_day")
);
--> statement-breakpoint
ALTER TABLE "consumption_alerts" ADD CONSTRAINT "consumption_alerts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consumption_alerts" ADD CONSTRAINT "consumption_alerts_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consumption_findings" ADD CONSTRAINT "consumption_findings_mail_id_account_mails_id_fk" FOREIGN KEY ("mail_id") REFERENCES "public"."account_mails"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consumption_findings" ADD CONSTRAINT "consumption_findings_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consumption_alerts_of_account" ON "consumption_alerts" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "consumption_findings_once" ON "consumption_findings" USING btree ("company_id","contract_id","kind","from_day");