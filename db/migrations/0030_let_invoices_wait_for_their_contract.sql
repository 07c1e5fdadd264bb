CREATE TABLE "waiting_invoices" (
	"company_id" smallint NOT NULL,
	"bill_number" text NOT NULL,
	"import_id" uuid NOT NULL,
	"file_name" text NOT NULL,
	"issue_date" date NOT NULL,
	"total_cents" integer NOT NULL,
	"named" jsonb NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "waiting_invoices_company_id_bill_number_pk" PRIMARY KEY("company_id","bill_number")
);
--> statement-breakpoint
ALTER TABLE "waiting_invoices" ADD CONSTRAINT "waiting_invoices_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE no action ON UPDATE no action;