-- Where a search path does not name it, the schema of temporary tables is searched first: whoever may make one could put
-- it in the place of a table of ours in functions that run with their owner's rights.
DO $$
DECLARE
	found record;
BEGIN
	FOR found IN
		SELECT oid::regprocedure AS function, substr(setting, length('search_path=') + 1) AS path
		FROM pg_proc CROSS JOIN unnest(proconfig) setting
		WHERE pronamespace = 'public'::regnamespace AND prosecdef
			AND setting LIKE 'search_path=%' AND setting NOT LIKE '%pg_temp'
	LOOP
		EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', found.function, found.path);
	END LOOP;
END
$$;
