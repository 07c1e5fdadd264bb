CREATE TABLE "import_before" (
	"import_id" uuid NOT NULL,
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"before" jsonb NOT NULL,
	CONSTRAINT "import_before_import_id_document_id_pk" PRIMARY KEY("import_id","document_id")
);
--> statement-breakpoint
CREATE TABLE "import_faults" (
	"import_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"file" text NOT NULL,
	"line" integer,
	"column_name" text,
	"value" text,
	"reason" text NOT NULL,
	"raw" text,
	CONSTRAINT "import_faults_import_id_ordinal_pk" PRIMARY KEY("import_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "imports" ALTER COLUMN "sha256" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ALTER COLUMN "rows" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "imports" ALTER COLUMN "changed" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "import_id" uuid;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "state" text DEFAULT 'received' NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "options" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "run_id" uuid;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "path" text;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "storage_key" text;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "documents_path" text;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "documents_key" text;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "bytes" bigint;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "bytes_read" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "added" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "unchanged" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "cursor" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "applied" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "faults" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "started_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "finished_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "reverted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "touched_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "import_before" ADD CONSTRAINT "import_before_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_faults" ADD CONSTRAINT "import_faults_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "imports_of_runs" ON "imports" USING btree ("company_id","run_id") WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "imports_unfinished" ON "imports" USING btree ("id") WHERE state in ('received', 'checking', 'applying');