-- A customer's first days of their contracts, once for a query and not once for each of its days: as whole
-- numbers by contract, since a lookup in a constant costs a fraction of a subquery (R5, R28).
CREATE FUNCTION "app_held_since"() RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT coalesce(jsonb_object_agg(l.company_id || ' ' || l.contract_id, c.held_since - date '2000-01-01'), '{}')
	FROM contract_links l JOIN contracts c ON c.company_id = l.company_id AND c.id = l.contract_id
	WHERE l.account_id = app_account() AND l.ended_at IS NULL
$$;
--> statement-breakpoint
DO $$ DECLARE guarded text; BEGIN
	FOREACH guarded IN ARRAY ARRAY['load_profiles', 'daily_consumption'] LOOP
		EXECUTE format('DROP POLICY see_linked ON %I', guarded);
		EXECUTE format($policy$
			CREATE POLICY see_linked ON %1$I FOR SELECT TO sportello_web
			USING ((SELECT app_staff()) OR
				((SELECT app_held_since()) -> (%1$I.company_id || ' ' || %1$I.contract_id))::int
					<= %1$I.local_day - date '2000-01-01')
		$policy$, guarded);
	END LOOP;
END $$;
--> statement-breakpoint
-- Whether a contract is in the account that asks.
CREATE FUNCTION "app_has_contract"("company" smallint, "contract" uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM contract_links l
		WHERE l.company_id = company AND l.contract_id = contract AND l.account_id = app_account() AND l.ended_at IS NULL)
$$;
--> statement-breakpoint
-- Which days a contract has is asked by every view; to find the first and last one in a table of a partition
-- a month is most of what such a view would take.
CREATE FUNCTION "widen_consumption_spans"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
	INSERT INTO consumption_spans AS s (company_id, contract_id, direction, first_day, last_day)
	SELECT company_id, contract_id, direction, min(local_day), max(local_day) FROM added
	GROUP BY company_id, contract_id, direction ORDER BY company_id, contract_id, direction
	ON CONFLICT (company_id, contract_id, direction) DO UPDATE
	SET first_day = least(s.first_day, excluded.first_day), last_day = greatest(s.last_day, excluded.last_day)
	WHERE excluded.first_day < s.first_day OR excluded.last_day > s.last_day;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "widen_spans" AFTER INSERT ON "daily_consumption"
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "widen_consumption_spans"();
--> statement-breakpoint
INSERT INTO "consumption_spans" ("company_id", "contract_id", "direction", "first_day", "last_day")
SELECT company_id, contract_id, direction, min(local_day), max(local_day) FROM daily_consumption
GROUP BY company_id, contract_id, direction;
--> statement-breakpoint
ALTER TABLE "consumption_spans" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "consumption_spans" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "consumption_spans" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "consumption_spans" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "see_linked" ON "consumption_spans" FOR SELECT TO sportello_web
	USING (app_staff() OR app_has_contract(company_id, contract_id));
--> statement-breakpoint
GRANT SELECT ON "consumption_spans" TO sportello_web, sportello_worker;
