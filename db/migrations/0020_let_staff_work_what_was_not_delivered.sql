CREATE TABLE "dispatch_orders" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"note" text,
	"ordered_by" uuid NOT NULL,
	"ordered_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp with time zone,
	"outcome" text,
	CONSTRAINT "dispatch_orders_company_id_contract_id_document_id_id_pk" PRIMARY KEY("company_id","contract_id","document_id","id"),
	CONSTRAINT "dispatch_orders_kind_known" CHECK ("dispatch_orders"."kind" in ('resend', 'paper', 'note')),
	CONSTRAINT "dispatch_orders_note_says_something" CHECK ("dispatch_orders"."kind" <> 'note' or length(trim("dispatch_orders"."note")) > 0)
);
--> statement-breakpoint
CREATE TABLE "mail_room_exports" (
	"company_id" smallint NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"person" text NOT NULL,
	"exported_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "mail_room_exports_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
CREATE TABLE "mail_room_items" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"export_id" uuid NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "mail_room_items_company_id_contract_id_document_id_pk" PRIMARY KEY("company_id","contract_id","document_id")
);
--> statement-breakpoint
ALTER TABLE "dispatch_orders" ADD CONSTRAINT "dispatch_orders_ordered_by_staff_id_fk" FOREIGN KEY ("ordered_by") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_room_exports" ADD CONSTRAINT "mail_room_exports_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_room_items" ADD CONSTRAINT "mail_room_items_export_fk" FOREIGN KEY ("company_id","export_id") REFERENCES "public"."mail_room_exports"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dispatch_orders_open" ON "dispatch_orders" USING btree ("ordered_at") WHERE finished_at is null;--> statement-breakpoint
CREATE INDEX "mail_room_items_of_export" ON "mail_room_items" USING btree ("company_id","export_id");--> statement-breakpoint
CREATE INDEX "delivery_addresses_by_email" ON "delivery_addresses" USING btree ("email");--> statement-breakpoint
CREATE INDEX "delivery_choices_taken_over" ON "delivery_choices" USING btree ("email") WHERE account_id is null and email is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "dispatch_events_opened_once" ON "dispatch_events" USING btree ("company_id","contract_id","document_id") WHERE type = 'opened';--> statement-breakpoint
CREATE INDEX "dispatches_returned" ON "dispatches" USING btree ("company_id","id") WHERE state = 'paper' and failure is not null;