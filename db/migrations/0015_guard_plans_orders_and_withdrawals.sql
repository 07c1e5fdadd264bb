UPDATE "delivery_choices" SET "recorded_at" = "chosen_at";
--> statement-breakpoint
-- R12: a plan is written once. The one change is R7's pseudonym, which forget_own_addresses() puts in
-- the place of an address, as the owner.
REVOKE UPDATE, DELETE, TRUNCATE ON "delivery_plans" FROM sportello_worker;
--> statement-breakpoint
CREATE FUNCTION "refuse_plan_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a frozen plan never changes';
END $$;
--> statement-breakpoint
CREATE TRIGGER "delivery_plans_keep_their_rows" BEFORE DELETE OR TRUNCATE ON "delivery_plans"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_plan_change"();
--> statement-breakpoint
CREATE TRIGGER "delivery_plans_are_frozen" BEFORE UPDATE ON "delivery_plans"
FOR EACH ROW WHEN ((OLD.company_id, OLD.contract_id, OLD.run_id, OLD.mode, OLD.reason, OLD.discount_cents,
	OLD.discount_basis, OLD.choice_id, OLD.mandate_id, OLD.email IS NULL)
	IS DISTINCT FROM (NEW.company_id, NEW.contract_id, NEW.run_id, NEW.mode, NEW.reason, NEW.discount_cents,
	NEW.discount_basis, NEW.choice_id, NEW.mandate_id, NEW.email IS NULL))
EXECUTE FUNCTION "refuse_plan_change"();
--> statement-breakpoint
-- Whose session it is, whatever the browser says: null for somebody who was disabled meanwhile.
CREATE FUNCTION "app_staff_role"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT role FROM staff
	WHERE app_staff() AND id = nullif(current_setting('app.staff_id', true), '')::uuid AND disabled_at IS NULL
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "app_staff_role"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "app_staff_role"() TO sportello_web;
--> statement-breakpoint
DO $$
DECLARE
	guarded text;
BEGIN
	FOREACH guarded IN ARRAY ARRAY['mandate_requests', 'mandate_end_notices', 'run_approvals', 'run_orders',
		'withdrawals', 'withdrawn_documents'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY "see_own" ON "mandate_requests" FOR SELECT TO sportello_web
	USING (app_staff() OR account_id = app_account() AND holder_id = app_holder());
--> statement-breakpoint
CREATE POLICY "ask_for_linked" ON "mandate_requests" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() AND holder_id = app_holder() AND exported_at IS NULL AND EXISTS (
		SELECT FROM contract_links l WHERE l.company_id = mandate_requests.company_id
			AND l.contract_id = mandate_requests.contract_id AND l.account_id = app_account() AND l.ended_at IS NULL));
--> statement-breakpoint
CREATE POLICY "staff_see" ON "run_approvals" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
CREATE POLICY "staff_see" ON "run_orders" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
CREATE POLICY "operators_order" ON "run_orders" FOR INSERT TO sportello_web
	WITH CHECK (app_staff_role() IN ('operator', 'admin') AND started_at IS NULL AND finished_at IS NULL
		AND outcome IS NULL AND ordered_by = nullif(current_setting('app.staff_id', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "see_with_document" ON "withdrawn_documents" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM documents d WHERE d.company_id = withdrawn_documents.company_id
		AND d.contract_id = withdrawn_documents.contract_id AND d.id = withdrawn_documents.document_id));
--> statement-breakpoint
CREATE POLICY "see_with_document" ON "withdrawals" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM withdrawn_documents w WHERE w.company_id = withdrawals.company_id
		AND w.withdrawal_id = withdrawals.id));
--> statement-breakpoint
-- A customer sees the plan of runs that were cut off while the contract was in their account: an earlier
-- holder's address is none of theirs (R5).
CREATE POLICY "see_linked" ON "delivery_plans" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (
		SELECT FROM contract_links l
		JOIN invoicing_runs r ON r.company_id = delivery_plans.company_id AND r.id = delivery_plans.run_id
		WHERE l.company_id = delivery_plans.company_id AND l.contract_id = delivery_plans.contract_id
			AND l.account_id = app_account() AND l.ended_at IS NULL AND l.linked_at <= r.cut_off_at));
--> statement-breakpoint
CREATE POLICY "staff_see" ON "imports" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
CREATE POLICY "staff_see" ON "staff" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
GRANT SELECT ON mandate_requests, run_approvals, run_orders, withdrawals, withdrawn_documents, delivery_plans, imports
	TO sportello_web;
--> statement-breakpoint
GRANT SELECT (id, name, role) ON staff TO sportello_web;
--> statement-breakpoint
GRANT INSERT ON mandate_requests, run_orders TO sportello_web;
--> statement-breakpoint
-- What only imports and the end of a link may say, a customer's page may not.
DROP POLICY "choose_for_linked" ON "delivery_choices";
--> statement-breakpoint
CREATE POLICY "choose_for_linked" ON "delivery_choices" FOR INSERT TO sportello_web
	WITH CHECK (chosen_at BETWEEN now() AND clock_timestamp() AND import_id IS NULL
		AND (account_id = app_account() AND origin IN ('customer', 'undone')
			OR account_id IS NULL AND origin IN ('removed', 'account_deleted'))
		AND EXISTS (SELECT FROM contract_links l WHERE l.company_id = delivery_choices.company_id
		AND l.contract_id = delivery_choices.contract_id AND l.account_id = app_account() AND l.ended_at IS NULL));
--> statement-breakpoint
-- R5: a choice that was taken over for a holder is none of the next one's, nor is its address.
CREATE FUNCTION "handed_over_since"("company" smallint, "contract" uuid, "instant" timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT EXISTS (SELECT FROM delivery_choices later
		WHERE later.company_id = company AND later.contract_id = contract
			AND later.origin = 'holder_changed' AND later.chosen_at > instant)
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "handed_over_since"(smallint, uuid, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "handed_over_since"(smallint, uuid, timestamptz) TO sportello_web;
--> statement-breakpoint
DROP POLICY "see_linked" ON "delivery_choices";
--> statement-breakpoint
CREATE POLICY "see_linked" ON "delivery_choices" FOR SELECT TO sportello_web
	USING (app_staff() OR account_id = app_account() OR account_id IS NULL
		AND EXISTS (SELECT FROM contract_links l WHERE l.company_id = delivery_choices.company_id
			AND l.contract_id = delivery_choices.contract_id AND l.account_id = app_account() AND l.ended_at IS NULL)
		AND NOT handed_over_since(company_id, contract_id, chosen_at));
--> statement-breakpoint
-- A change of delivery is told to the account, and to the address that bills went to or will go to: one
-- that was confirmed to the account, or that came with a choice taken over for a contract of it.
DROP POLICY "queue" ON "account_mails";
--> statement-breakpoint
CREATE POLICY "queue" ON "account_mails" FOR INSERT TO sportello_web
	WITH CHECK (state = 'queued' AND CASE
		WHEN template = 'confirm-address' THEN account_id = app_account() AND EXISTS (
			SELECT FROM delivery_addresses da
			WHERE da.account_id = app_account() AND da.email = account_mails.to_email AND da.confirmed_at IS NULL)
		WHEN template = 'delivery-changed' AND account_id = app_account() AND (
			EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = app_account()
				AND da.email = account_mails.to_email AND da.confirmed_at IS NOT NULL)
			OR EXISTS (SELECT FROM delivery_choices dc
				WHERE dc.account_id IS NULL AND dc.email = account_mails.to_email)) THEN true
		ELSE (account_id = app_account() OR account_id IS NULL AND template = 'account-deleted')
			AND EXISTS (SELECT FROM accounts a
				WHERE a.id = app_account() AND a.email = account_mails.to_email AND a.deleted_at IS NULL)
	END);
--> statement-breakpoint
-- A run's page tells staff who did what when; of the audit log the web role reads nothing else.
CREATE FUNCTION "run_history"("company" smallint, "run" uuid)
RETURNS TABLE ("at" timestamptz, "action" text, "actor_kind" text, "actor_id" text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT l.at, l.action, l.actor_kind, l.actor_id
	FROM audit_log l
	WHERE l.subject_kind = 'run' AND l.subject_id = run AND l.company_id = company
		AND app_staff_role() IS NOT NULL
	ORDER BY l.id DESC
	LIMIT 200
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "run_history"(smallint, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "run_history"(smallint, uuid) TO sportello_web;
--> statement-breakpoint
CREATE INDEX "audit_log_of_runs" ON "audit_log" ("subject_id") WHERE "subject_kind" = 'run';

--> statement-breakpoint
-- What fills a table by the million in one transaction brings its statistics up to date there: autovacuum
-- sees the rows only afterwards, and until then a new company's are planned for as if there were none.
GRANT MAINTAIN ON holders, contracts, mandates, accounts, contract_links, delivery_addresses, delivery_choices,
	address_suspensions, delivery_plans, documents, bill_lines, dispatches TO sportello_worker;
--> statement-breakpoint
-- R7: with an account go the bank accounts that were asked to be debited.
CREATE POLICY "forget_own" ON "mandate_requests" FOR DELETE TO sportello_web
	USING (account_id = app_account() AND holder_id = app_holder());
--> statement-breakpoint
GRANT DELETE ON mandate_requests TO sportello_web;
