-- As session_actor, which processes of the version before ask until they are gone, and with the company that the
-- account's contracts are with, where that is one: every page's title names it, and it needs no statement of its own.
CREATE FUNCTION "session_person"("hash" bytea, "customer_idle" interval, "staff_idle" interval)
RETURNS TABLE (
	"session_id" uuid, "account_id" uuid, "holder_id" uuid, "email" text, "language" text,
	"staff_id" uuid, "staff_role" text, "staff_name" text, "only_company" text
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT s.*, (
		SELECT min(c.name) FROM contract_links l JOIN companies c ON c.id = l.company_id
		WHERE l.account_id = s.account_id AND l.ended_at IS NULL
		HAVING count(DISTINCT l.company_id) = 1)
	FROM session_actor(hash, customer_idle, staff_idle) s
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION session_person(bytea, interval, interval) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION session_person(bytea, interval, interval) TO sportello_web;
