CREATE TABLE "self_reading_photos" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"reading_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"storage_key" text NOT NULL,
	"kind" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "self_reading_photos_company_id_contract_id_reading_id_pk" PRIMARY KEY("company_id","contract_id","reading_id")
);
--> statement-breakpoint
ALTER TABLE "self_reading_photos" ADD CONSTRAINT "self_reading_photos_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "self_reading_photos" ADD CONSTRAINT "self_reading_photos_of_a_reading" FOREIGN KEY ("company_id","contract_id","reading_id") REFERENCES "public"."self_readings"("company_id","contract_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "self_reading_photos_storage_key_unique" ON "self_reading_photos" USING btree ("storage_key");--> statement-breakpoint
CREATE INDEX "self_reading_photos_by_account" ON "self_reading_photos" USING btree ("account_id");--> statement-breakpoint
-- A photo is its reader's, as long as the reading waits; staff look (R28). It goes with the account (R7).
ALTER TABLE "self_reading_photos" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "self_reading_photos" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "self_reading_photos" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "self_reading_photos" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "see_own" ON "self_reading_photos" FOR SELECT TO sportello_web
	USING (app_staff() OR account_id = app_account());
--> statement-breakpoint
CREATE POLICY "add_own" ON "self_reading_photos" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() AND EXISTS (SELECT FROM self_readings r
		WHERE r.company_id = self_reading_photos.company_id AND r.contract_id = self_reading_photos.contract_id
			AND r.id = reading_id AND r.account_id = app_account() AND r.state = 'submitted'));
--> statement-breakpoint
CREATE POLICY "replace_own" ON "self_reading_photos" FOR UPDATE TO sportello_web
	USING (account_id = app_account())
	WITH CHECK (account_id = app_account() AND EXISTS (SELECT FROM self_readings r
		WHERE r.company_id = self_reading_photos.company_id AND r.contract_id = self_reading_photos.contract_id
			AND r.id = reading_id AND r.account_id = app_account() AND r.state = 'submitted'));
--> statement-breakpoint
CREATE POLICY "forget_own" ON "self_reading_photos" FOR DELETE TO sportello_web
	USING (account_id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (storage_key, kind, added_at), DELETE ON "self_reading_photos" TO sportello_web;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "self_reading_photos" TO sportello_worker;
