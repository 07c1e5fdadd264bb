-- Whether mail of a company waits until somebody acts, and no word of why: customers read it beside a bill that has not
-- gone out. The pauses themselves are the staff's.
CREATE FUNCTION "mail_waits"("of_company" smallint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT EXISTS (SELECT FROM sending_pauses p
		WHERE p.ended_at IS NULL AND coalesce(p.company_id, of_company) = of_company)
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "mail_waits"(smallint) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "mail_waits"(smallint) TO sportello_web, sportello_worker;
