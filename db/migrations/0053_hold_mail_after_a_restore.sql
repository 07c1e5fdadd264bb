CREATE TABLE "sending_mark" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"installation_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"number" bigint NOT NULL,
	"server" text,
	"marked_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "sending_mark_is_one_row" CHECK ("sending_mark"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "sent_before_restore" (
	"provider_id" text PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	"dispatch_id" uuid
);
--> statement-breakpoint
CREATE INDEX "sent_before_restore_free" ON "sent_before_restore" USING btree ("digest") WHERE dispatch_id is null;--> statement-breakpoint
CREATE INDEX "sent_before_restore_by_time" ON "sent_before_restore" USING btree ("sent_at");--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "sending_mark", "sent_before_restore" TO sportello_worker;
