CREATE TABLE "account_mail_events" (
	"provider_event_id" text PRIMARY KEY NOT NULL,
	"mail_id" uuid NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dispatch_mails" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"batch_id" uuid NOT NULL,
	"email" text NOT NULL,
	"form" text NOT NULL,
	"facts" json NOT NULL,
	"frozen_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "dispatch_mails_company_id_contract_id_document_id_batch_id_pk" PRIMARY KEY("company_id","contract_id","document_id","batch_id")
);
--> statement-breakpoint
CREATE TABLE "mail_forms" (
	"digest" text PRIMARY KEY NOT NULL,
	"template" text NOT NULL,
	"language" text NOT NULL,
	"subject" text NOT NULL,
	"preheader" text NOT NULL,
	"html" text NOT NULL,
	"text" text NOT NULL,
	"made_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_contact" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"last_event_at" timestamp with time zone,
	"unanswered_since" timestamp with time zone,
	"asked_at" timestamp with time zone,
	CONSTRAINT "provider_contact_is_one_row" CHECK ("provider_contact"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "provider_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"company_id" smallint NOT NULL,
	"dispatch_id" uuid,
	"batch_id" uuid,
	"mail_id" uuid,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"failed_at" timestamp with time zone,
	CONSTRAINT "provider_events_about_one" CHECK (("provider_events"."dispatch_id" is null) <> ("provider_events"."mail_id" is null))
);
--> statement-breakpoint
-- Unlogged: whoever takes a place in line waits for no disk, and after a crash the pace is learnt again.
CREATE UNLOGGED TABLE "sending_pace" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"per_second" double precision NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sending_pace_is_one_row" CHECK ("sending_pace"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "sending_pauses" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"company_id" smallint,
	"reason" text NOT NULL,
	"since" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"probe_at" timestamp with time zone NOT NULL,
	"probes" integer DEFAULT 0 NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "lease_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "fence" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "content" jsonb;--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "reply_to_email" text;--> statement-breakpoint
-- Batches of the version before: one that may have been taken is set aside, since its bytes are kept in a way
-- that is given up (R17); of the others the members are queued again, under a new batch.
UPDATE "dispatch_batches" SET "state" = 'quarantined', "failure" = 'upgraded', "finished_at" = clock_timestamp(),
	"lease_until" = NULL
WHERE "state" = 'frozen' AND "first_attempt_at" IS NOT NULL;--> statement-breakpoint
UPDATE "dispatches" d SET "state" = 'queued', "batch_id" = NULL, "position" = NULL
FROM "dispatch_batches" b
WHERE b."company_id" = d."company_id" AND b."id" = d."batch_id" AND b."state" = 'frozen' AND d."state" = 'batched';--> statement-breakpoint
UPDATE "dispatch_batches" SET "state" = 'failed', "failure" = 'rebuilt', "finished_at" = clock_timestamp()
WHERE "state" = 'frozen';--> statement-breakpoint
ALTER TABLE "dispatch_batches" ADD COLUMN "sender" jsonb NOT NULL DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "dispatch_batches" ALTER COLUMN "sender" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "dispatch_batches" ADD COLUMN "digest" text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "dispatch_batches" ALTER COLUMN "digest" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "dispatch_events" ADD COLUMN "batch_id" uuid;--> statement-breakpoint
ALTER TABLE "account_mail_events" ADD CONSTRAINT "account_mail_events_mail_id_account_mails_id_fk" FOREIGN KEY ("mail_id") REFERENCES "public"."account_mails"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sending_pauses" ADD CONSTRAINT "sending_pauses_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_mail_events_by_mail" ON "account_mail_events" USING btree ("mail_id");--> statement-breakpoint
CREATE INDEX "provider_events_in_order" ON "provider_events" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sending_pauses_one_open" ON "sending_pauses" USING btree (coalesce("company_id", 0)) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "account_mails_queued" ON "account_mails" USING btree ("created_at") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "dispatch_batches_set_aside" ON "dispatch_batches" USING btree ("company_id","id") WHERE state = 'quarantined';--> statement-breakpoint
CREATE INDEX "dispatches_unsettled" ON "dispatches" USING btree ("company_id","accepted_at") WHERE state in ('accepted', 'delayed', 'bounced', 'failed');--> statement-breakpoint
ALTER TABLE "dispatch_batches" DROP COLUMN "body_digest";--> statement-breakpoint
ALTER TABLE "dispatch_batches" DROP COLUMN "body";