ALTER TABLE "imports" ADD COLUMN "cancelled_by" text;
--> statement-breakpoint
GRANT UPDATE (cancelled_by) ON "imports" TO sportello_web;
