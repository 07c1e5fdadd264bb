-- R8: a dedicated address counts once its owner confirmed it. Its account may add and remove it; only
-- whoever shows the token that was mailed to it may confirm it.
CREATE FUNCTION "app_token_address"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT email FROM tokens
	WHERE token_hash = app_token_hash() AND purpose = 'confirm_address' AND used_at IS NULL
		AND expires_at > now()
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "app_token_address"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "app_token_address"() TO sportello_web;
--> statement-breakpoint
DROP POLICY "own" ON "delivery_addresses";
--> statement-breakpoint
CREATE POLICY "see_own" ON "delivery_addresses" FOR SELECT TO sportello_web
	USING (account_id = app_account() OR account_id = app_token_account() AND email = app_token_address());
--> statement-breakpoint
CREATE POLICY "add_own" ON "delivery_addresses" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() AND confirmed_at IS NULL);
--> statement-breakpoint
CREATE POLICY "remove_own" ON "delivery_addresses" FOR DELETE TO sportello_web
	USING (account_id = app_account());
--> statement-breakpoint
CREATE POLICY "confirm_by_token" ON "delivery_addresses" FOR UPDATE TO sportello_web
	USING (account_id = app_token_account() AND email = app_token_address());
--> statement-breakpoint
CREATE POLICY "ask_to_confirm_own" ON "tokens" FOR INSERT TO sportello_web
	WITH CHECK (purpose = 'confirm_address' AND attempt_id IS NULL AND account_id = app_account()
		AND EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = tokens.account_id
			AND da.email = tokens.email AND da.confirmed_at IS NULL));
--> statement-breakpoint
GRANT INSERT ON tokens TO sportello_web;
--> statement-breakpoint
-- A choice taken over from another portal may lead to an address of neither kind: its suspension must
-- be seen as well, or the panel would judge otherwise than the freeze (R10, R19).
DROP POLICY "see_own" ON "address_suspensions";
--> statement-breakpoint
CREATE POLICY "see_own" ON "address_suspensions" FOR SELECT TO sportello_web
	USING (app_staff() OR email = (SELECT a.email FROM accounts a WHERE a.id = app_account())
		OR EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = app_account() AND da.email = address_suspensions.email)
		OR EXISTS (SELECT FROM delivery_choices dc WHERE dc.account_id IS NULL AND dc.email = address_suspensions.email));
