-- Staff look for a customer by part of a name. Row-level security keeps operators that might leak, as ILIKE, away
-- from indexes: a million names would be read. This answers for staff alone, and by the index.
CREATE FUNCTION "holders_named_like"("pattern" text, "most" integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT id FROM holders WHERE app_staff() AND name ILIKE pattern LIMIT most
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "holders_named_like"(text, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "holders_named_like"(text, integer) TO sportello_web;
