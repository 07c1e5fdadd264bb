ALTER TABLE "self_readings" ADD COLUMN "contract_number" text;--> statement-breakpoint
ALTER TABLE "self_readings" ADD COLUMN "commodity" text;--> statement-breakpoint
ALTER TABLE "self_readings" ADD COLUMN "meter_serial" text;--> statement-breakpoint
UPDATE "self_readings" r SET contract_number = c.contract_number, commodity = c.commodity, meter_serial = c.meter_serial
	FROM "contracts" c WHERE c.company_id = r.company_id AND c.id = r.contract_id;--> statement-breakpoint
ALTER TABLE "self_readings" ALTER COLUMN "contract_number" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "self_readings" ALTER COLUMN "commodity" SET NOT NULL;--> statement-breakpoint
-- Operators and admins decide, each reading once; support looks.
CREATE POLICY "staff_decide" ON "self_readings" FOR UPDATE TO sportello_web
	USING (app_staff_role() IN ('operator', 'admin') AND state = 'submitted')
	WITH CHECK (state IN ('accepted', 'refused') AND decided_by = app_staff_id()::text);
--> statement-breakpoint
GRANT UPDATE (state, refusal, decided_at, decided_by) ON "self_readings" TO sportello_web;
--> statement-breakpoint
-- An account that is being deleted is waited for, so that nobody writes to it afterwards (R7).
CREATE FUNCTION "hold_readers"("receipts" text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
	PERFORM FROM self_readings r JOIN accounts a ON a.id = r.account_id
	WHERE r.receipt_code = ANY (receipts) AND (app_staff_role() IN ('operator', 'admin') OR coalesce(app_actor(), '') IN ('', 'system'))
	ORDER BY a.id
	FOR KEY SHARE OF a;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "hold_readers"(text[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "hold_readers"(text[]) TO sportello_web, sportello_worker;
--> statement-breakpoint
DROP POLICY "queue" ON "account_mails";
--> statement-breakpoint
CREATE POLICY "queue" ON "account_mails" FOR INSERT TO sportello_web
	WITH CHECK (state = 'queued' AND content IS NULL AND outcome IS NULL AND first_attempt_at IS NULL
		AND lease_until IS NULL AND provider_id IS NULL AND CASE
		WHEN template = 'test' THEN account_id IS NULL AND to_email = app_staff_email()
		WHEN template IN ('password-changed', 'second-factor-changed') AND account_id IS NULL
			THEN to_email = app_staff_email() OR app_staff_role() = 'admin'
				AND EXISTS (SELECT FROM staff s WHERE s.email = account_mails.to_email)
		WHEN template IN ('release-started', 'contracts-released') THEN app_staff_role() IS NOT NULL
			AND EXISTS (SELECT FROM accounts a WHERE a.id = account_mails.account_id
				AND a.email = account_mails.to_email AND a.deleted_at IS NULL)
		WHEN template IN ('self-reading-accepted', 'self-reading-refused') THEN app_staff_role() IN ('operator', 'admin')
			AND EXISTS (SELECT FROM accounts a WHERE a.id = account_mails.account_id
				AND a.email = account_mails.to_email AND a.deleted_at IS NULL)
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
