CREATE INDEX IF NOT EXISTS "dispatches_of_run" ON "dispatches" USING btree ("company_id","run_id","state","failure");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "documents_withdrawn_of_run" ON "documents" USING btree ("company_id","run_id") WHERE withdrawn_at is not null;--> statement-breakpoint
DROP INDEX "dispatches_by_run";
