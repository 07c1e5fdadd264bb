-- Keys, uploads and webhooks are of the command line, the API and the worker: no page shows them.
DO $$ DECLARE guarded text; BEGIN
	FOREACH guarded IN ARRAY ARRAY['api_keys', 'api_requests', 'api_documents',
		'webhook_endpoints', 'webhook_secrets', 'webhook_deliveries'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
-- A key is revoked and stays, or the audit log would name one that never was.
REVOKE DELETE ON "api_keys" FROM sportello_worker;
--> statement-breakpoint
-- Writes down for every endpoint that wants it what has happened, with what has happened: whoever did it
-- need not know of webhooks, and may be the web role.
CREATE FUNCTION "tell_webhooks"("what" text, "of_company" smallint, "facts" jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	INSERT INTO webhook_deliveries (endpoint_id, event, payload)
	SELECT e.id, what, jsonb_build_object('type', what,
		'timestamp', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
		'data', facts)
	FROM webhook_endpoints e
	WHERE e.removed_at IS NULL AND what = ANY (e.events)
		AND (e.company_id IS NULL OR e.company_id = of_company)
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "tell_webhooks"(text, smallint, jsonb) FROM PUBLIC;
--> statement-breakpoint
CREATE FUNCTION "tell_webhooks_of_import"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	facts jsonb;
BEGIN
	-- Read again: faults are counted after the state was written, in the same transaction.
	SELECT jsonb_build_object('id', i.id, 'company', c.slug, 'kind', i.kind, 'state', NEW.state,
		'dryRun', coalesce((i.options ->> 'dryRun')::boolean, false), 'runId', i.run_id,
		'rows', i.rows, 'added', i.added, 'changed', i.changed, 'unchanged', i.unchanged,
		'applied', i.applied, 'faults', i.faults)
	INTO facts
	FROM imports i JOIN companies c ON c.id = i.company_id WHERE i.id = NEW.id;
	IF FOUND THEN
		PERFORM tell_webhooks('import.' || NEW.state, NEW.company_id, facts);
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
-- At the end of the transaction, when all of it is known.
CREATE CONSTRAINT TRIGGER "tell_webhooks" AFTER UPDATE OF state ON "imports"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state IN ('checked', 'done', 'failed', 'cancelled'))
	EXECUTE FUNCTION "tell_webhooks_of_import"();
--> statement-breakpoint
CREATE FUNCTION "tell_webhooks_of_run"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
	PERFORM tell_webhooks('run.' || NEW.state, NEW.company_id,
		jsonb_build_object('id', NEW.id, 'company', c.slug, 'name', NEW.name, 'state', NEW.state))
	FROM companies c WHERE c.id = NEW.company_id;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "tell_webhooks" AFTER UPDATE OF state ON "invoicing_runs"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state IN ('frozen', 'published', 'closed'))
	EXECUTE FUNCTION "tell_webhooks_of_run"();
