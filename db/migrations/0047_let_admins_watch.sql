-- What an admin's operations page counts. Ages and states only: no payload, no detail, nothing of anybody.
CREATE POLICY "admins_watch" ON "provider_events" FOR SELECT TO sportello_web
	USING ((SELECT app_staff_role()) = 'admin');
--> statement-breakpoint
GRANT SELECT ("type", "occurred_at", "received_at", "failed_at") ON "provider_events" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "admins_watch" ON "sending_pace" FOR SELECT TO sportello_web
	USING ((SELECT app_staff_role()) = 'admin');
--> statement-breakpoint
GRANT SELECT ON "sending_pace" TO sportello_web;
--> statement-breakpoint
-- R30: the web role reads no row of the audit log, whoever acts; how far it is sealed an admin is told.
CREATE FUNCTION "audit_seal"() RETURNS TABLE ("waiting" integer, "oldest_at" timestamptz, "sealed_at" timestamptz,
	"blocks" bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
	-- In the order of ids, and no more than enough: by index, however large the log is.
	SELECT count(l.id)::integer, min(l.at), last.sealed_at, last.number
	FROM (SELECT coalesce(max(last_id), 0) AS last_id, max(sealed_at) AS sealed_at, coalesce(max(number), 0) AS number
		FROM audit_blocks) last
	LEFT JOIN LATERAL (SELECT id, at FROM audit_log WHERE id > last.last_id ORDER BY id LIMIT 100000) l ON true
	GROUP BY last.sealed_at, last.number
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "audit_seal"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "audit_seal"() TO sportello_worker;
--> statement-breakpoint
CREATE FUNCTION "watched_audit_seal"() RETURNS TABLE ("waiting" integer, "oldest_at" timestamptz, "sealed_at" timestamptz,
	"blocks" bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT * FROM audit_seal() WHERE (SELECT app_staff_role()) = 'admin'
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "watched_audit_seal"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "watched_audit_seal"() TO sportello_web;
--> statement-breakpoint
CREATE POLICY "admins_watch" ON "deletions" FOR SELECT TO sportello_web
	USING ((SELECT app_staff_role()) = 'admin');
--> statement-breakpoint
GRANT SELECT ("deleted_at", "recorded_at") ON "deletions" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "admins_watch" ON "webhook_deliveries" FOR SELECT TO sportello_web
	USING ((SELECT app_staff_role()) = 'admin');
--> statement-breakpoint
GRANT SELECT ("created_at", "delivered_at", "given_up_at", "next_attempt_at") ON "webhook_deliveries" TO sportello_web;
--> statement-breakpoint
-- The queue's own tables know no rows of an actor's: without payloads, and for admins alone.
CREATE FUNCTION "watched_jobs"() RETURNS TABLE ("task_identifier" text, "run_at" timestamptz, "attempts" smallint,
	"max_attempts" smallint, "locked_at" timestamptz, "last_error" text, "updated_at" timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT task_identifier, run_at, attempts, max_attempts, locked_at, last_error, updated_at
	FROM graphile_worker.jobs WHERE (SELECT app_staff_role()) = 'admin'
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "watched_jobs"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "watched_jobs"() TO sportello_web;
--> statement-breakpoint
-- Which migrations were applied: their digests and instants.
GRANT USAGE ON SCHEMA drizzle TO sportello_web;
--> statement-breakpoint
GRANT SELECT ON drizzle.__drizzle_migrations TO sportello_web;
--> statement-breakpoint
-- How late the provider's events come is asked of the last minutes: rows stand in the order of their receipt.
CREATE INDEX "dispatch_events_by_receipt" ON "dispatch_events" USING brin ("received_at")
	WITH (pages_per_range = 32, autosummarize = on);
