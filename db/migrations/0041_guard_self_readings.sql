-- Windows are everybody's; what was read off a meter is its reader's, and the back office's to judge (R28).
DO $$ DECLARE guarded text; BEGIN
	FOREACH guarded IN ARRAY ARRAY['self_reading_windows', 'self_readings'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY "see" ON "self_reading_windows" FOR SELECT TO sportello_web USING (true);
--> statement-breakpoint
CREATE POLICY "see_own" ON "self_readings" FOR SELECT TO sportello_web
	USING (app_staff() OR account_id = app_account());
--> statement-breakpoint
CREATE POLICY "tell_own" ON "self_readings" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() AND state = 'submitted' AND exported_at IS NULL
		AND app_has_contract(company_id, contract_id));
--> statement-breakpoint
GRANT SELECT ON "self_reading_windows" TO sportello_web;
--> statement-breakpoint
GRANT SELECT, INSERT ON "self_readings" TO sportello_web;
