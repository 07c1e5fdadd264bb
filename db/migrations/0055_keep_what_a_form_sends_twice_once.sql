ALTER TABLE "support_cases" ADD COLUMN "sending_hash" "bytea";--> statement-breakpoint
CREATE UNIQUE INDEX "support_cases_sending_hash_unique" ON "support_cases" USING btree ("sending_hash");