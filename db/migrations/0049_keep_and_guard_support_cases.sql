CREATE TABLE "support_cases" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"company_id" smallint NOT NULL,
	"kind" text NOT NULL,
	"case_code" text NOT NULL,
	"received_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"language" text NOT NULL,
	"account_id" uuid,
	"contract_id" uuid,
	"name" text NOT NULL,
	"email" text,
	"postal_address" text,
	"phone" text,
	"customer_code" text,
	"commodity" text,
	"topic" text,
	"message" text NOT NULL,
	"receipt_hash" "bytea",
	"receipt_mailed_at" timestamp with time zone,
	"answer" text,
	"answered_at" timestamp with time zone,
	"answered_by" uuid,
	"answer_mailed_at" timestamp with time zone,
	CONSTRAINT "support_cases_reachable" CHECK ("support_cases"."email" is not null or "support_cases"."postal_address" is not null),
	CONSTRAINT "support_cases_about_something" CHECK (case "support_cases"."kind" when 'complaint' then "support_cases"."commodity" is not null and "support_cases"."topic" is null
        else "support_cases"."topic" is not null end),
	CONSTRAINT "support_cases_contract_of_account" CHECK ("support_cases"."contract_id" is null or "support_cases"."account_id" is not null),
	CONSTRAINT "support_cases_answered_whole" CHECK (("support_cases"."answered_at" is null) = ("support_cases"."answer" is null)
        and ("support_cases"."answered_at" is null) = ("support_cases"."answered_by" is null))
);
--> statement-breakpoint
ALTER TABLE "support_cases" ADD CONSTRAINT "support_cases_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_cases" ADD CONSTRAINT "support_cases_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_cases" ADD CONSTRAINT "support_cases_answered_by_staff_id_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_cases" ADD CONSTRAINT "support_cases_company_id_contract_id_contracts_company_id_id_fk" FOREIGN KEY ("company_id","contract_id") REFERENCES "public"."contracts"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "support_cases_case_code_unique" ON "support_cases" USING btree ("case_code");--> statement-breakpoint
CREATE INDEX "support_cases_by_account" ON "support_cases" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "support_cases_by_email" ON "support_cases" USING btree ("email");--> statement-breakpoint
CREATE INDEX "support_cases_open" ON "support_cases" USING btree ("kind","received_at") WHERE answered_at is null;--> statement-breakpoint
CREATE INDEX "support_cases_answered" ON "support_cases" USING btree ("kind","answered_at") WHERE answered_at is not null;--> statement-breakpoint
-- What somebody wrote (R28): its account's and the browser's that sent it, and staff's to answer.
ALTER TABLE "support_cases" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "support_cases" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "support_cases" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "support_cases" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "see_own" ON "support_cases" FOR SELECT TO sportello_web
	USING (app_staff_role() IS NOT NULL OR account_id = app_account() OR receipt_hash = app_token_hash());
--> statement-breakpoint
CREATE POLICY "send" ON "support_cases" FOR INSERT TO sportello_web
	WITH CHECK (answered_at IS NULL AND receipt_mailed_at IS NULL AND answer_mailed_at IS NULL AND CASE
		WHEN account_id IS NULL THEN contract_id IS NULL AND receipt_hash = app_token_hash()
		ELSE account_id = app_account() AND contract_id IS NOT NULL AND app_has_contract(company_id, contract_id)
	END);
--> statement-breakpoint
-- An answer is written once, by whoever is signed in.
CREATE POLICY "answer" ON "support_cases" FOR UPDATE TO sportello_web
	USING (app_staff_role() IS NOT NULL AND answered_at IS NULL)
	WITH CHECK (app_staff_role() IS NOT NULL AND answered_by = app_staff_id());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "support_cases" TO sportello_worker;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (answer, answered_at, answered_by) ON "support_cases" TO sportello_web;
--> statement-breakpoint
-- R7: a deleted account's questions go. Its complaints stay, without addresses: what is still to be answered is
-- answered by post, to the contract's billing address. The same for what its owner sent without signing in.
CREATE FUNCTION "forget_own_cases"("given" jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	me accounts%ROWTYPE;
	tax_id text;
	written CONSTANT text := '[^[:space:]@]+@[^[:space:]@]+';
BEGIN
	SELECT * INTO me FROM accounts a WHERE a.id = app_account() AND a.deleted_at IS NULL;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT h.tax_id INTO tax_id FROM holders h WHERE h.id = me.holder_id;
	DELETE FROM support_cases s WHERE s.kind = 'question' AND (s.account_id = me.id OR s.email = me.email);
	UPDATE support_cases s SET
		email = coalesce(given ->> me.email, 'deleted'),
		phone = NULL,
		postal_address = coalesce(s.postal_address, (SELECT c.billing_address FROM contracts c
			WHERE c.company_id = s.company_id AND c.id = s.contract_id AND c.holder_id = me.holder_id)),
		customer_code = CASE WHEN s.customer_code ~ written THEN NULL ELSE s.customer_code END,
		message = regexp_replace(regexp_replace(s.message, written, '…', 'g'), tax_id, '…', 'gi'),
		answer = regexp_replace(regexp_replace(s.answer, written, '…', 'g'), tax_id, '…', 'gi')
	WHERE s.account_id = me.id OR s.email = me.email;
	-- Their copies go too: they hold whatever people wrote of themselves.
	UPDATE account_mails m SET params = m.params - 'message' - 'answer', content = NULL
	WHERE m.template IN ('case-received', 'case-answered')
		AND (m.account_id = me.id OR m.account_id IS NULL AND m.to_email = me.email);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "forget_own_cases"(jsonb) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "forget_own_cases"(jsonb) TO sportello_web, sportello_worker;
