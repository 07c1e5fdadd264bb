-- graphile-worker's schema is made by its own migrations before ours run. The web role may add a
-- job in its own transaction and nothing else; the worker role does the rest.
CREATE FUNCTION "enqueue_job"("task" text, "payload" json, "job_key" text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT graphile_worker.add_job(task, payload, job_key => enqueue_job.job_key, max_attempts => 25)
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "enqueue_job"(text, json, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "enqueue_job"(text, json, text) TO sportello_web, sportello_worker;
