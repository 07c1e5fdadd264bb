-- R28, R5: a day of consumption is judged for each of thousands of rows, and `app_held_since()` looks up a text for
-- each. Of the days since the last of the account's contracts was taken over it is enough to know whose they are.
CREATE FUNCTION "app_companies"() RETURNS smallint[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(DISTINCT company_id) FROM contract_links WHERE account_id = app_account() AND ended_at IS NULL
$$;
--> statement-breakpoint
CREATE FUNCTION "app_contracts"() RETURNS uuid[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(contract_id) FROM contract_links WHERE account_id = app_account() AND ended_at IS NULL
$$;
--> statement-breakpoint
CREATE FUNCTION "app_all_held_since"() RETURNS date LANGUAGE sql STABLE AS $$
	SELECT max(c.held_since) FROM contract_links l JOIN contracts c ON c.company_id = l.company_id AND c.id = l.contract_id
	WHERE l.account_id = app_account() AND l.ended_at IS NULL
$$;
--> statement-breakpoint
DO $$ DECLARE guarded text; BEGIN
	FOREACH guarded IN ARRAY ARRAY['load_profiles', 'daily_consumption'] LOOP
		EXECUTE format('DROP POLICY see_linked ON %I', guarded);
		EXECUTE format($policy$
			CREATE POLICY see_linked ON %1$I FOR SELECT TO sportello_web
			USING ((SELECT app_staff()) OR
				(%1$I.contract_id = ANY ((SELECT app_contracts())::uuid[])
					AND %1$I.company_id = ANY ((SELECT app_companies())::smallint[])
					AND (%1$I.local_day >= (SELECT app_all_held_since()) OR
						((SELECT app_held_since()) -> (%1$I.company_id || ' ' || %1$I.contract_id))::int
							<= %1$I.local_day - date '2000-01-01')))
		$policy$, guarded);
	END LOOP;
END $$;
