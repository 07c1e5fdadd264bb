CREATE TABLE "bill_line_sets" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"lines" jsonb NOT NULL,
	CONSTRAINT "bill_line_sets_company_id_contract_id_document_id_pk" PRIMARY KEY("company_id","contract_id","document_id"),
	CONSTRAINT "bill_line_sets_hold_lines" CHECK (jsonb_array_length("bill_line_sets"."lines") > 0)
);
--> statement-breakpoint
ALTER TABLE "bill_line_sets" ADD CONSTRAINT "bill_line_sets_company_id_contract_id_document_id_documents_company_id_contract_id_id_fk" FOREIGN KEY ("company_id","contract_id","document_id") REFERENCES "public"."documents"("company_id","contract_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "bill_line_sets" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "bill_line_sets" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "bill_line_sets" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "bill_line_sets" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "see_with_document" ON "bill_line_sets" FOR SELECT TO sportello_web
	USING (EXISTS (SELECT FROM documents d WHERE d.company_id = bill_line_sets.company_id
		AND d.contract_id = bill_line_sets.contract_id AND d.id = bill_line_sets.document_id));
--> statement-breakpoint
GRANT SELECT ON bill_line_sets TO sportello_web;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON bill_line_sets TO sportello_worker;
