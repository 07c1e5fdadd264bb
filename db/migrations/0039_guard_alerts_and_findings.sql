-- Who wants to be told of unusual consumption, and what was noticed (R28): the owner and the worker see all.
DO $$ DECLARE guarded text; BEGIN
	FOREACH guarded IN ARRAY ARRAY['consumption_alerts', 'consumption_findings'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY "own" ON "consumption_alerts" FOR ALL TO sportello_web
	USING (account_id = app_account())
	WITH CHECK (account_id = app_account() AND app_has_contract(company_id, contract_id));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "consumption_alerts" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "see_linked" ON "consumption_findings" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM contract_links l JOIN contracts c ON c.company_id = l.company_id AND c.id = l.contract_id
		WHERE l.company_id = consumption_findings.company_id AND l.contract_id = consumption_findings.contract_id
			AND l.account_id = app_account() AND l.ended_at IS NULL AND c.held_since <= consumption_findings.from_day));
--> statement-breakpoint
GRANT SELECT ON "consumption_findings" TO sportello_web;
