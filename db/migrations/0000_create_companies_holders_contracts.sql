CREATE TABLE "companies" (
	"id" smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "companies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 32767 START WITH 1 CACHE 1),
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"accent_color" text NOT NULL,
	"vat_number" text NOT NULL,
	"creditor_id" text NOT NULL,
	"sender_email" text NOT NULL,
	"support_phone" text NOT NULL,
	"fault_phone" text NOT NULL,
	"customer_code_pattern" text NOT NULL,
	"customer_code_example" text NOT NULL,
	"bill_number_example" text NOT NULL,
	"cut_off_day" smallint DEFAULT 15 NOT NULL,
	"cut_off_hour" smallint DEFAULT 18 NOT NULL,
	"notice_days" smallint DEFAULT 14 NOT NULL,
	"print_lead_days" smallint DEFAULT 3 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "companies_slug_unique" UNIQUE("slug"),
	CONSTRAINT "companies_slug_shape" CHECK ("companies"."slug" ~ '^[a-z][a-z0-9-]{1,38}$'),
	CONSTRAINT "companies_accent_color_shape" CHECK ("companies"."accent_color" ~ '^#[0-9a-f]{6}$'),
	CONSTRAINT "companies_cut_off_day_exists_in_every_month" CHECK ("companies"."cut_off_day" between 1 and 28),
	CONSTRAINT "companies_cut_off_hour_is_an_hour" CHECK ("companies"."cut_off_hour" between 4 and 23)
);
--> statement-breakpoint
CREATE TABLE "discounts" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"commodity" text NOT NULL,
	"amount_cents" integer NOT NULL,
	"basis" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_until" date,
	CONSTRAINT "discounts_company_id_id_pk" PRIMARY KEY("company_id","id"),
	CONSTRAINT "discounts_amount_is_positive" CHECK ("discounts"."amount_cents" > 0),
	CONSTRAINT "discounts_basis_known" CHECK ("discounts"."basis" in ('per_year', 'per_bill'))
);
--> statement-breakpoint
CREATE TABLE "contracts" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"contract_number" text NOT NULL,
	"customer_code" text NOT NULL,
	"holder_id" uuid NOT NULL,
	"commodity" text NOT NULL,
	"supply_point" text NOT NULL,
	"supply_address" text NOT NULL,
	"billing_address" text NOT NULL,
	"product" text NOT NULL,
	"product_ends_on" date,
	"contracted_power_kw" numeric,
	"available_power_kw" numeric,
	"meter_serial" text,
	"annual_consumption" numeric,
	"gas_coefficient_c" numeric,
	"starts_on" date NOT NULL,
	"ends_on" date,
	"held_since" date NOT NULL,
	"imported_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contracts_company_id_id_pk" PRIMARY KEY("company_id","id"),
	CONSTRAINT "contracts_number_unique_in_company" UNIQUE("company_id","contract_number"),
	CONSTRAINT "contracts_commodity_known" CHECK ("contracts"."commodity" in ('electricity', 'gas', 'district_heating', 'water'))
);
--> statement-breakpoint
CREATE TABLE "holders" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"tax_id" text NOT NULL,
	"vat_number" text,
	"name" text NOT NULL,
	"language" text DEFAULT 'it' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "holders_taxId_unique" UNIQUE("tax_id")
);
--> statement-breakpoint
CREATE TABLE "mandates" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"holder_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"iban" text NOT NULL,
	"debtor" text NOT NULL,
	"creditor_id" text NOT NULL,
	"status" text NOT NULL,
	"since" date,
	"until" date,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mandates_company_id_contract_id_id_pk" PRIMARY KEY("company_id","contract_id","id"),
	CONSTRAINT "mandates_reference_unique_on_contract" UNIQUE("company_id","contract_id","holder_id","reference"),
	CONSTRAINT "mandates_status_known" CHECK ("mandates"."status" in ('requested', 'active', 'rejected', 'revoked', 'expired')),
	CONSTRAINT "mandates_dates_fit_status" CHECK (case "mandates"."status" when 'active' then "mandates"."since" is not null
          when 'revoked' then "mandates"."until" is not null
          when 'expired' then "mandates"."until" is not null else true end)
);
--> statement-breakpoint
ALTER TABLE "discounts" ADD CONSTRAINT "discounts_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contracts" ADD CONSTRAINT "contracts_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contracts" ADD CONSTRAINT "contracts_holder_id_holders_id_fk" FOREIGN KEY ("holder_id") REFERENCES "public"."holders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_holder_id_holders_id_fk" FOREIGN KEY ("holder_id") REFERENCES "public"."holders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contracts_by_customer_code" ON "contracts" USING btree ("company_id","customer_code");--> statement-breakpoint
CREATE INDEX "contracts_by_holder" ON "contracts" USING btree ("holder_id");