-- How many migrations a version of the code must know at least to work on this schema (db/known-migrations.ts).
-- Expanding migrations leave it alone. One that takes away what earlier versions use replaces it, by the number of
-- the migrations before the one that made them do without: that is "expand, then contract" in the README.
CREATE FUNCTION oldest_schema_served() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0';
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION oldest_schema_served() TO sportello_web, sportello_worker;
