DO $$
DECLARE
	guarded text;
BEGIN
	FOREACH guarded IN ARRAY ARRAY['mail_forms', 'dispatch_mails', 'sending_pace', 'sending_pauses', 'provider_contact',
		'provider_events', 'account_mail_events'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
-- R17: what a mail says is written once; the one change is R7's pseudonym in the place of its address.
REVOKE UPDATE, DELETE ON "mail_forms" FROM sportello_worker;
--> statement-breakpoint
REVOKE UPDATE ON "dispatch_mails" FROM sportello_worker;
--> statement-breakpoint
GRANT UPDATE (email) ON "dispatch_mails" TO sportello_worker;
--> statement-breakpoint
-- The words of a form are nobody's own.
CREATE POLICY "see" ON "mail_forms" FOR SELECT TO sportello_web USING (true);
--> statement-breakpoint
CREATE POLICY "see_with_document" ON "dispatch_mails" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM documents d WHERE d.company_id = dispatch_mails.company_id
		AND d.contract_id = dispatch_mails.contract_id AND d.id = dispatch_mails.document_id));
--> statement-breakpoint
CREATE POLICY "staff_see" ON "dispatch_batches" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
CREATE POLICY "staff_see" ON "sending_pauses" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
CREATE POLICY "staff_see" ON "provider_contact" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
GRANT SELECT ON mail_forms, dispatch_mails, dispatch_batches, sending_pauses, provider_contact TO sportello_web;
--> statement-breakpoint
INSERT INTO "provider_contact" (id) VALUES (1);
--> statement-breakpoint
-- R7: sweeps ask for the accounts that were deleted lately.
CREATE INDEX "accounts_deleted" ON "accounts" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
--> statement-breakpoint
-- A kept mail with pseudonyms in the place of addresses, as they stand in text and, escaped, in HTML.
CREATE FUNCTION "without_addresses"("content" jsonb, "pseudonyms" jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	address text;
	part text;
BEGIN
	IF content IS NULL THEN
		RETURN NULL;
	END IF;
	FOR address IN SELECT jsonb_object_keys(pseudonyms) LOOP
		FOREACH part IN ARRAY ARRAY['subject', 'preheader', 'html', 'text'] LOOP
			content := jsonb_set(content, ARRAY[part], to_jsonb(replace(replace(content ->> part,
				replace(replace(address, '&', '&amp;'), '''', '&#x27;'), pseudonyms ->> address),
				address, pseudonyms ->> address)));
		END LOOP;
	END LOOP;
	RETURN content;
END $$;
--> statement-breakpoint
-- R7: the same as before, and in the archive of what was sent. What is being sent keeps its address: it ends
-- under its old key, and a sweep of the worker comes after it.
CREATE OR REPLACE FUNCTION "forget_own_addresses"("given" jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	me uuid := app_account();
	login text := (SELECT a.email FROM accounts a WHERE a.id = me AND a.deleted_at IS NULL);
	pseudonyms jsonb := (
		SELECT coalesce(jsonb_object_agg(own, given -> own), '{}')
		FROM app_own_addresses() own WHERE given ? own
	);
BEGIN
	UPDATE delivery_plans p SET email = pseudonyms ->> p.email
	FROM contract_links l
	JOIN invoicing_runs r ON r.company_id = l.company_id
	WHERE l.account_id = me AND p.company_id = l.company_id AND p.run_id = r.id
		AND p.contract_id = l.contract_id AND pseudonyms ? p.email
		AND p.choice_id IN (SELECT own.id FROM app_own_choices() own);
	UPDATE delivery_choices c SET email = pseudonyms ->> c.email
	FROM app_own_choices() own
	WHERE c.company_id = own.company_id AND c.contract_id = own.contract_id AND c.id = own.id
		AND pseudonyms ? c.email;
	UPDATE dispatches d SET email = pseudonyms ->> d.email
	FROM app_own_documents() own
	WHERE d.company_id = own.company_id AND d.contract_id = own.contract_id AND d.document_id = own.id
		AND d.state <> 'queued' AND pseudonyms ? d.email
		AND (d.state <> 'batched' OR EXISTS (SELECT FROM dispatch_batches b
			WHERE b.company_id = d.company_id AND b.id = d.batch_id AND b.state <> 'frozen'));
	UPDATE dispatch_mails m SET email = pseudonyms ->> m.email
	FROM app_own_documents() own
	WHERE m.company_id = own.company_id AND m.contract_id = own.contract_id AND m.document_id = own.id
		AND pseudonyms ? m.email
		AND NOT EXISTS (SELECT FROM dispatch_batches b
			WHERE b.company_id = m.company_id AND b.id = m.batch_id AND b.state = 'frozen');
	UPDATE account_mails m SET
		to_email = coalesce(pseudonyms ->> m.to_email, m.to_email),
		content = without_addresses(m.content, pseudonyms),
		params = (SELECT coalesce(jsonb_object_agg(param.key, coalesce(pseudonyms ->> param.value, param.value)), '{}')
			FROM jsonb_each_text(m.params) param),
		state = CASE m.state WHEN 'queued' THEN 'failed' ELSE m.state END,
		failure = CASE m.state WHEN 'queued' THEN 'account_deleted' ELSE m.failure END
	WHERE m.account_id = me OR m.account_id IS NULL AND m.to_email = login;
	DELETE FROM tokens t
	WHERE t.account_id = me OR t.attempt_id IN (SELECT s.id FROM signup_attempts s WHERE s.email = login);
	UPDATE signup_attempts s SET
		email = pseudonyms ->> login,
		password_hash = NULL,
		outcome = CASE s.outcome WHEN 'pending' THEN 'account_exists' ELSE s.outcome END,
		decided_at = coalesce(s.decided_at, clock_timestamp())
	WHERE s.email = login;
	UPDATE address_suspensions s SET email = pseudonyms ->> s.email
	WHERE pseudonyms ? s.email
		AND NOT EXISTS (SELECT FROM accounts a WHERE a.email = s.email AND a.id <> me AND a.deleted_at IS NULL)
		AND NOT EXISTS (SELECT FROM delivery_addresses da WHERE da.email = s.email AND da.account_id <> me);
END $$;
--> statement-breakpoint
-- R7: the same as before; what was frozen and never sent is in no archive.
CREATE OR REPLACE FUNCTION "turn_own_unsent_to_paper"() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	addresses text[] := ARRAY(SELECT app_own_addresses());
	turned integer;
BEGIN
	-- Who freezes or publishes a run holds its row: wait, so that what they write is seen below.
	PERFORM FROM invoicing_runs r
	WHERE r.state IN ('scheduled', 'frozen', 'loaded')
		AND r.company_id IN (SELECT l.company_id FROM contract_links l WHERE l.account_id = app_account())
	ORDER BY r.company_id, r.id
	FOR SHARE;
	-- The same for a worker that is freezing a batch with one of these, but keeping nothing: it takes a batch
	-- before its dispatches, and whoever held a dispatch while asking for its batch would deadlock.
	BEGIN
		PERFORM FROM dispatches d
		WHERE d.state = 'queued' AND d.email = ANY (addresses)
			AND (d.company_id, d.contract_id, d.document_id) IN (SELECT * FROM app_own_documents())
		ORDER BY d.company_id, d.id
		FOR UPDATE;
		RAISE EXCEPTION USING ERRCODE = 'SP001';
	EXCEPTION WHEN SQLSTATE 'SP001' THEN
		NULL;
	END;
	-- … or is about to send one: from here on no first attempt begins.
	PERFORM FROM dispatch_batches b
	WHERE b.state = 'frozen' AND b.first_attempt_at IS NULL AND (b.company_id, b.id) IN (
		SELECT d.company_id, d.batch_id
		FROM app_own_documents() own
		JOIN dispatches d ON d.company_id = own.company_id AND d.contract_id = own.contract_id
			AND d.document_id = own.id
		WHERE d.state = 'batched' AND d.email = ANY (addresses))
	ORDER BY b.company_id, b.id
	FOR UPDATE;
	WITH papered AS (
		UPDATE dispatches d
		SET channel = 'paper', state = 'paper', email = NULL, batch_id = NULL, position = NULL,
			failure = 'account_deleted'
		WHERE d.email = ANY (addresses)
			AND (d.company_id, d.contract_id, d.document_id) IN (SELECT * FROM app_own_documents())
			AND (d.state = 'queued' OR d.state = 'batched' AND EXISTS (
				SELECT FROM dispatch_batches b WHERE b.company_id = d.company_id AND b.id = d.batch_id
					AND b.state = 'frozen' AND b.first_attempt_at IS NULL))
		RETURNING d.company_id, d.contract_id, d.document_id, old.batch_id
	), unwritten AS (
		-- What would have been sent is in no archive.
		DELETE FROM dispatch_mails m USING papered p
		WHERE m.company_id = p.company_id AND m.contract_id = p.contract_id AND m.document_id = p.document_id
			AND m.batch_id = p.batch_id
	), told AS (
		INSERT INTO dispatch_events (company_id, contract_id, document_id, type, occurred_at, detail)
		SELECT p.company_id, p.contract_id, p.document_id, 'turned_to_paper', clock_timestamp(),
			'{"reason": "account_deleted"}'
		FROM papered p
	)
	SELECT count(*) INTO turned FROM papered;
	RETURN turned;
END $$;
--> statement-breakpoint
-- Mails are found by the sender itself now: what the queue still holds for it is done.
SELECT graphile_worker.complete_jobs(ARRAY(
	SELECT id FROM graphile_worker.jobs WHERE task_identifier IN ('send_account_mail', 'drain_dispatches')));
