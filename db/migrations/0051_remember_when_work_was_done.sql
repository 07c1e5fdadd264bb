CREATE TABLE "heartbeats" (
	"source" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "heartbeats_source_known" CHECK ("heartbeats"."source" in ('worker', 'tick'))
);

--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "heartbeats" TO sportello_worker;
