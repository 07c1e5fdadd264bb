-- Imports of before were carried out whole, and counted what they added with what they changed.
UPDATE "imports" SET "state" = 'done', "added" = "changed", "changed" = 0, "finished_at" = "imported_at",
	"unchanged" = "rows" - "changed", "applied" = "changed";
--> statement-breakpoint
DO $$ DECLARE guarded text; BEGIN
	FOREACH guarded IN ARRAY ARRAY['import_faults', 'import_before'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
-- The rows of a file while it is checked and applied: a table of each import, made and dropped by the worker.
CREATE SCHEMA "staging";
--> statement-breakpoint
GRANT USAGE, CREATE ON SCHEMA "staging" TO sportello_worker;
--> statement-breakpoint
-- What was wrong in a file holds whole rows of it: for those who load files.
CREATE POLICY "operators_see" ON "import_faults" FOR SELECT TO sportello_web
	USING (app_staff_role() IN ('operator', 'admin'));
--> statement-breakpoint
GRANT SELECT ON "import_faults" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "operators_receive" ON "imports" FOR INSERT TO sportello_web
	WITH CHECK (app_staff_role() IN ('operator', 'admin') AND state = 'received' AND path IS NULL
		AND documents_path IS NULL AND started_at IS NULL AND finished_at IS NULL);
--> statement-breakpoint
-- Apply what was checked, or give up what is not being carried out.
CREATE POLICY "operators_decide" ON "imports" FOR UPDATE TO sportello_web
	USING (app_staff_role() IN ('operator', 'admin') AND state IN ('received', 'checked'))
	WITH CHECK (app_staff_role() IN ('operator', 'admin') AND state IN ('received', 'cancelled'));
--> statement-breakpoint
GRANT INSERT, UPDATE (state, options, failure, finished_at) ON "imports" TO sportello_web;
