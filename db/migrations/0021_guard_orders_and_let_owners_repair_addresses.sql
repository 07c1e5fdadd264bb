DO $$
DECLARE
	guarded text;
BEGIN
	FOREACH guarded IN ARRAY ARRAY['dispatch_orders', 'mail_room_exports', 'mail_room_items'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY staff_see ON %I FOR SELECT TO sportello_web USING (app_staff())', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
		EXECUTE format('GRANT SELECT ON %I TO sportello_web', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
-- What was handed to the mail room, or said on the telephone, stays.
REVOKE UPDATE, DELETE ON "mail_room_exports", "mail_room_items" FROM sportello_worker;
--> statement-breakpoint
REVOKE DELETE ON "dispatch_orders" FROM sportello_worker;
--> statement-breakpoint
CREATE POLICY "operators_export" ON "mail_room_exports" FOR INSERT TO sportello_web
	WITH CHECK (app_staff_role() IN ('operator', 'admin')
		AND person = 'staff:' || nullif(current_setting('app.staff_id', true), ''));
--> statement-breakpoint
CREATE POLICY "operators_export" ON "mail_room_items" FOR INSERT TO sportello_web
	WITH CHECK (app_staff_role() IN ('operator', 'admin') AND EXISTS (
		SELECT FROM mail_room_exports x WHERE x.company_id = mail_room_items.company_id
			AND x.id = mail_room_items.export_id
			AND x.person = 'staff:' || nullif(current_setting('app.staff_id', true), '')));
--> statement-breakpoint
GRANT INSERT ON "mail_room_exports", "mail_room_items" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "staff_order" ON "dispatch_orders" FOR INSERT TO sportello_web
	WITH CHECK (app_staff_role() IN ('support', 'operator', 'admin')
		AND ordered_by = nullif(current_setting('app.staff_id', true), '')::uuid
		AND CASE kind WHEN 'note' THEN outcome = 'done' AND finished_at IS NOT NULL
			ELSE outcome IS NULL AND finished_at IS NULL END);
--> statement-breakpoint
GRANT INSERT ON "dispatch_orders" TO sportello_web;
--> statement-breakpoint
-- The customer's timeline of a bill is the staff's, but for what staff noted for themselves.
CREATE POLICY "see_with_document" ON "dispatch_events" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM documents d WHERE d.company_id = dispatch_events.company_id
		AND d.contract_id = dispatch_events.contract_id AND d.id = dispatch_events.document_id));
--> statement-breakpoint
-- That its reader opened a bill in the portal: once, and by nobody else.
CREATE POLICY "open_own" ON "dispatch_events" FOR INSERT TO sportello_web
	WITH CHECK (app_actor() = 'customer' AND type = 'opened' AND provider_event_id IS NULL AND batch_id IS NULL
		AND detail = '{}' AND occurred_at BETWEEN now() AND clock_timestamp()
		AND EXISTS (SELECT FROM documents d WHERE d.company_id = dispatch_events.company_id
			AND d.contract_id = dispatch_events.contract_id AND d.id = dispatch_events.document_id));
--> statement-breakpoint
GRANT SELECT, INSERT ON "dispatch_events" TO sportello_web;
--> statement-breakpoint
-- R19: a suspended address of the account may be asked to confirm that it takes mail again.
CREATE POLICY "ask_to_repair_own" ON "tokens" FOR INSERT TO sportello_web
	WITH CHECK (purpose = 'confirm_address' AND attempt_id IS NULL AND account_id = app_account()
		AND (tokens.email IN (SELECT a.email FROM accounts a WHERE a.id = app_account())
			OR EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = app_account() AND da.email = tokens.email))
		AND EXISTS (SELECT FROM address_suspensions s WHERE s.email = tokens.email AND s.lifted_at IS NULL));
--> statement-breakpoint
-- R8, R19: whoever shows the token that was mailed to an address has received it there: a dedicated address
-- is confirmed, and one that was suspended takes mail again from the next freeze on. False: neither the
-- account's own nor one that it has added.
CREATE FUNCTION "confirm_token_address"() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	account uuid := app_token_account();
	address text := app_token_address();
	own boolean;
BEGIN
	UPDATE delivery_addresses SET confirmed_at = clock_timestamp()
	WHERE account_id = account AND email = address AND confirmed_at IS NULL;
	own := FOUND OR EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = account AND da.email = address)
		OR EXISTS (SELECT FROM accounts a WHERE a.id = account AND a.email = address AND a.deleted_at IS NULL);
	IF own THEN
		UPDATE address_suspensions SET lifted_at = clock_timestamp() WHERE email = address AND lifted_at IS NULL;
	END IF;
	RETURN own;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "confirm_token_address"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "confirm_token_address"() TO sportello_web;
--> statement-breakpoint
DROP POLICY "confirm_by_token" ON "delivery_addresses";
--> statement-breakpoint
REVOKE UPDATE ON "delivery_addresses" FROM sportello_web;
--> statement-breakpoint
CREATE FUNCTION "app_staff_email"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT email FROM staff
	WHERE app_staff() AND id = nullif(current_setting('app.staff_id', true), '')::uuid AND disabled_at IS NULL
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "app_staff_email"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "app_staff_email"() TO sportello_web;
--> statement-breakpoint
-- What the web role may have sent, and to whom; how it is sent is the worker's.
DROP POLICY "queue" ON "account_mails";
--> statement-breakpoint
CREATE POLICY "queue" ON "account_mails" FOR INSERT TO sportello_web
	WITH CHECK (state = 'queued' AND content IS NULL AND outcome IS NULL AND first_attempt_at IS NULL
		AND lease_until IS NULL AND provider_id IS NULL AND CASE
		WHEN template = 'test' THEN account_id IS NULL AND to_email = app_staff_email()
		WHEN template = 'confirm-address' THEN account_id = app_account() AND EXISTS (
			SELECT FROM delivery_addresses da
			WHERE da.account_id = app_account() AND da.email = account_mails.to_email AND da.confirmed_at IS NULL)
		WHEN template = 'repair-address' THEN account_id = app_account()
			AND EXISTS (SELECT FROM address_suspensions s WHERE s.email = account_mails.to_email AND s.lifted_at IS NULL)
			AND (EXISTS (SELECT FROM accounts a WHERE a.id = app_account() AND a.email = account_mails.to_email)
				OR EXISTS (SELECT FROM delivery_addresses da
					WHERE da.account_id = app_account() AND da.email = account_mails.to_email))
		WHEN template = 'delivery-changed' AND account_id = app_account() AND (
			EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = app_account()
				AND da.email = account_mails.to_email AND da.confirmed_at IS NOT NULL)
			OR EXISTS (SELECT FROM delivery_choices dc
				WHERE dc.account_id IS NULL AND dc.email = account_mails.to_email)) THEN true
		ELSE (account_id = app_account() OR account_id IS NULL AND template = 'account-deleted')
			AND EXISTS (SELECT FROM accounts a
				WHERE a.id = app_account() AND a.email = account_mails.to_email AND a.deleted_at IS NULL)
	END);
--> statement-breakpoint
-- Staff look for a customer by part of a name.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE INDEX "holders_by_part_of_name" ON "holders" USING gin ("name" gin_trgm_ops);
