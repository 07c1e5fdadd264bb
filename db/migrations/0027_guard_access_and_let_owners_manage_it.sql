-- Row-level security on what this version adds (R28): the owner and the worker see all, the web role what follows.
DO $$
DECLARE
	guarded text;
BEGIN
	FOREACH guarded IN ARRAY ARRAY['link_requests', 'second_factors', 'recovery_codes', 'contract_releases',
		'data_exports', 'deletions', 'audit_blocks', 'rate_limits'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
		EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('CREATE POLICY worker_all ON %I TO sportello_worker USING (true) WITH CHECK (true)', guarded);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sportello_worker', guarded);
	END LOOP;
END $$;
--> statement-breakpoint
-- R30: a sealed block stays as it is.
REVOKE UPDATE, DELETE ON "audit_blocks" FROM sportello_worker;
--> statement-breakpoint
CREATE FUNCTION "app_staff_id"() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.staff_id', true), '')::uuid $$;
--> statement-breakpoint
-- == Limits ==
-- How often something was tried; keys are keyed hashes, so that the rows tell nothing about anybody.
CREATE POLICY "count" ON "rate_limits" FOR ALL TO sportello_web USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "rate_limits" TO sportello_web;
--> statement-breakpoint
-- == Links by e-mail (R3, R4) ==
CREATE POLICY "ask" ON "link_requests" FOR INSERT TO sportello_web
	WITH CHECK (decided_at IS NULL AND CASE
		WHEN app_actor() = 'visitor' THEN true
		WHEN kind = 'confirm_account' THEN app_staff_role() IS NOT NULL
		WHEN kind = 'staff_password' THEN app_staff_role() = 'admin'
		ELSE false
	END);
--> statement-breakpoint
GRANT INSERT ON "link_requests" TO sportello_web;
--> statement-breakpoint
-- Whose forgotten or first password the shown token sets.
CREATE FUNCTION "app_token_login"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT coalesce(a.email, s.email)
	FROM tokens t
	LEFT JOIN accounts a ON a.id = t.account_id AND a.deleted_at IS NULL
	LEFT JOIN staff s ON s.id = t.staff_id AND s.disabled_at IS NULL
	WHERE t.token_hash = app_token_hash() AND t.purpose IN ('reset_password', 'staff_password')
		AND t.used_at IS NULL AND t.expires_at > now()
$$;
--> statement-breakpoint
-- Sets that password, once: spends every such token of the person, ends all their sessions, and has them told.
CREATE FUNCTION "spend_password_token"("new_hash" text)
RETURNS TABLE ("account_id" uuid, "staff_id" uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
	shown tokens%ROWTYPE;
	first_password boolean;
BEGIN
	SELECT * INTO shown FROM tokens t
	WHERE t.token_hash = app_token_hash() AND t.purpose IN ('reset_password', 'staff_password')
		AND t.used_at IS NULL AND t.expires_at > clock_timestamp()
	FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	first_password := EXISTS (SELECT FROM staff s WHERE s.id = shown.staff_id AND s.password_hash IS NULL);
	UPDATE accounts a SET password_hash = new_hash WHERE a.id = shown.account_id AND a.deleted_at IS NULL;
	IF NOT FOUND THEN
		UPDATE staff s SET password_hash = new_hash WHERE s.id = shown.staff_id AND s.disabled_at IS NULL;
		IF NOT FOUND THEN
			RETURN;
		END IF;
	END IF;
	UPDATE tokens t SET used_at = clock_timestamp()
	WHERE t.purpose = shown.purpose AND t.used_at IS NULL
		AND (t.account_id = shown.account_id OR t.staff_id = shown.staff_id);
	UPDATE sessions s SET ended_at = clock_timestamp()
	WHERE s.ended_at IS NULL AND (s.account_id = shown.account_id OR s.staff_id = shown.staff_id);
	INSERT INTO account_mails (template, company_id, account_id, to_email, language, params)
	SELECT 'password-changed', c.id, a.id, coalesce(a.email, st.email), coalesce(a.language, 'it'), '{}'
	FROM (SELECT 1) one
	LEFT JOIN accounts a ON a.id = shown.account_id
	LEFT JOIN staff st ON st.id = shown.staff_id
	JOIN LATERAL (
		SELECT l.company_id AS id, 0 AS place FROM contract_links l WHERE l.account_id = shown.account_id
		UNION ALL SELECT company.id, 1 FROM companies company
		ORDER BY place, id LIMIT 1
	) c ON true
	WHERE NOT first_password;
	RETURN QUERY SELECT shown.account_id, shown.staff_id;
END $$;
--> statement-breakpoint
-- == Sessions ==
-- A session whose password was right but whose code is missing opens nothing.
CREATE OR REPLACE FUNCTION "session_actor"("hash" bytea, "customer_idle" interval, "staff_idle" interval)
RETURNS TABLE (
	"session_id" uuid, "account_id" uuid, "holder_id" uuid, "email" text, "language" text,
	"staff_id" uuid, "staff_role" text, "staff_name" text
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
	found_session sessions%ROWTYPE;
BEGIN
	SELECT * INTO found_session FROM sessions s
	WHERE s.token_hash = hash AND s.ended_at IS NULL AND s.awaiting IS NULL AND s.expires_at > now()
		AND s.last_seen_at > now() - CASE WHEN s.staff_id IS NULL THEN customer_idle ELSE staff_idle END;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF found_session.last_seen_at < now() - interval '1 minute' THEN
		UPDATE sessions SET last_seen_at = now() WHERE id = found_session.id;
	END IF;
	RETURN QUERY
		SELECT found_session.id, a.id, a.holder_id, coalesce(a.email, st.email), a.language,
			st.id, st.role, st.name
		FROM (SELECT 1) one
		LEFT JOIN accounts a ON a.id = found_session.account_id AND a.deleted_at IS NULL
		LEFT JOIN staff st ON st.id = found_session.staff_id AND st.disabled_at IS NULL
		WHERE a.id IS NOT NULL OR st.id IS NOT NULL;
END $$;
--> statement-breakpoint
-- Who has shown the password and must still show a code, or set one up.
CREATE FUNCTION "awaiting_actor"("hash" bytea)
RETURNS TABLE (
	"session_id" uuid, "account_id" uuid, "holder_id" uuid, "email" text, "language" text,
	"staff_id" uuid, "staff_role" text, "staff_name" text, "awaiting" text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT s.id, a.id, a.holder_id, coalesce(a.email, st.email), a.language, st.id, st.role, st.name, s.awaiting
	FROM sessions s
	LEFT JOIN accounts a ON a.id = s.account_id AND a.deleted_at IS NULL
	LEFT JOIN staff st ON st.id = s.staff_id AND st.disabled_at IS NULL
	WHERE s.token_hash = hash AND s.ended_at IS NULL AND s.awaiting IS NOT NULL AND s.expires_at > now()
		AND (a.id IS NOT NULL OR st.id IS NOT NULL)
$$;
--> statement-breakpoint
-- A sign-in under way: whether the password that was compared is still the login's, and whether a code must
-- follow. Who changes either waits for the session that comes of it, or is seen here.
CREATE FUNCTION "hold_login"("shown_hash" text) RETURNS TABLE ("same" boolean, "second_factor" boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
	PERFORM FROM accounts a WHERE a.id = app_account() FOR SHARE;
	PERFORM FROM staff s WHERE app_staff() AND s.id = app_staff_id() FOR SHARE;
	RETURN QUERY SELECT coalesce(own_password_hash() = shown_hash, false),
		EXISTS (SELECT FROM second_factors f WHERE f.account_id = app_account()
			OR app_staff() AND f.staff_id = app_staff_id());
END $$;
--> statement-breakpoint
-- What to compare a password with that is asked once more: the actor's own, and nobody else's.
CREATE OR REPLACE FUNCTION "own_password_hash"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT password_hash FROM accounts WHERE id = app_account() AND deleted_at IS NULL
	UNION ALL
	SELECT password_hash FROM staff WHERE app_staff() AND id = app_staff_id() AND disabled_at IS NULL
$$;
--> statement-breakpoint
-- A password that its owner changes also ends what was mailed to set another.
CREATE FUNCTION "set_own_password"("new_hash" text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
	UPDATE accounts SET password_hash = new_hash WHERE id = app_account() AND deleted_at IS NULL;
	IF NOT FOUND THEN
		UPDATE staff SET password_hash = new_hash
		WHERE app_staff() AND id = app_staff_id() AND disabled_at IS NULL;
		IF NOT FOUND THEN
			RETURN false;
		END IF;
	END IF;
	UPDATE tokens SET used_at = clock_timestamp()
	WHERE used_at IS NULL AND (purpose = 'reset_password' AND account_id = app_account()
		OR purpose = 'staff_password' AND staff_id = app_staff_id());
	RETURN true;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "set_own_password"(text), "app_token_login"(), "spend_password_token"(text), "awaiting_actor"(bytea),
	"hold_login"(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "set_own_password"(text), "app_token_login"(), "spend_password_token"(text), "awaiting_actor"(bytea),
	"hold_login"(text) TO sportello_web;
--> statement-breakpoint
GRANT SELECT (created_at, last_seen_at, expires_at, user_agent, awaiting) ON "sessions" TO sportello_web;
--> statement-breakpoint
-- Staff may end a customer's sessions; admins those of staff.
CREATE POLICY "staff_see" ON "sessions" FOR SELECT TO sportello_web
	USING (account_id IS NOT NULL AND app_staff_role() IS NOT NULL OR app_staff_role() = 'admin');
--> statement-breakpoint
CREATE POLICY "staff_end" ON "sessions" FOR UPDATE TO sportello_web
	USING (account_id IS NOT NULL AND app_staff_role() IS NOT NULL OR app_staff_role() = 'admin');
--> statement-breakpoint
-- What has ended never lives again.
CREATE POLICY "only_end" ON "sessions" AS RESTRICTIVE FOR UPDATE TO sportello_web
	USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
--> statement-breakpoint
-- == Second factors ==
CREATE POLICY "own" ON "second_factors" FOR ALL TO sportello_web
	USING (account_id = app_account() OR staff_id = app_staff_id())
	WITH CHECK (account_id = app_account() OR staff_id = app_staff_id());
--> statement-breakpoint
CREATE POLICY "own" ON "recovery_codes" FOR ALL TO sportello_web
	USING (EXISTS (SELECT FROM second_factors f WHERE f.id = recovery_codes.second_factor_id
		AND (f.account_id = app_account() OR f.staff_id = app_staff_id())))
	WITH CHECK (EXISTS (SELECT FROM second_factors f WHERE f.id = recovery_codes.second_factor_id
		AND (f.account_id = app_account() OR f.staff_id = app_staff_id())));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "second_factors", "recovery_codes" TO sportello_web;
--> statement-breakpoint
-- A colleague's lost phone: the next sign-in sets up another.
CREATE FUNCTION "forget_staff_factor"("member" uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
	IF app_staff_role() IS DISTINCT FROM 'admin' OR member = app_staff_id() THEN
		RETURN false;
	END IF;
	UPDATE sessions SET ended_at = clock_timestamp() WHERE staff_id = member AND ended_at IS NULL;
	DELETE FROM second_factors WHERE staff_id = member;
	RETURN FOUND;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "forget_staff_factor"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "forget_staff_factor"(uuid) TO sportello_web;
--> statement-breakpoint
-- == Staff ==
GRANT SELECT (email, created_at, disabled_at) ON "staff" TO sportello_web;
--> statement-breakpoint
GRANT INSERT (id, email, name, role), UPDATE (name, role, disabled_at) ON "staff" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "admins_invite" ON "staff" FOR INSERT TO sportello_web WITH CHECK (app_staff_role() = 'admin');
--> statement-breakpoint
-- Nobody changes their own role or disables themselves: there is always another admin left.
CREATE POLICY "admins_change" ON "staff" FOR UPDATE TO sportello_web
	USING (app_staff_role() = 'admin' AND id <> app_staff_id());
--> statement-breakpoint
-- == Releases (R6) ==
CREATE POLICY "staff_see" ON "contract_releases" FOR SELECT TO sportello_web USING (app_staff());
--> statement-breakpoint
CREATE POLICY "staff_start" ON "contract_releases" FOR INSERT TO sportello_web
	WITH CHECK (app_staff_role() IS NOT NULL AND started_by = app_staff_id() AND outcome IS NULL
		AND finished_at IS NULL AND wrong_codes = 0);
--> statement-breakpoint
CREATE POLICY "staff_cancel" ON "contract_releases" FOR UPDATE TO sportello_web
	USING (app_staff_role() IS NOT NULL AND finished_at IS NULL)
	WITH CHECK (outcome = 'cancelled' AND finished_by = app_staff_id());
--> statement-breakpoint
GRANT SELECT (id, account_id, company_id, contract_id, reason, started_by, started_at, expires_at, wrong_codes,
	finished_by, finished_at, outcome), INSERT, UPDATE (finished_by, finished_at, outcome)
	ON "contract_releases" TO sportello_web;
--> statement-breakpoint
-- == Own data and deletion (R7) ==
CREATE POLICY "own" ON "data_exports" FOR ALL TO sportello_web
	USING (account_id = app_account()) WITH CHECK (account_id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (downloaded_at), DELETE ON "data_exports" TO sportello_web;
--> statement-breakpoint
CREATE POLICY "own" ON "deletions" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() AND recorded_at IS NULL);
--> statement-breakpoint
GRANT INSERT ON "deletions" TO sportello_web;
--> statement-breakpoint
-- == Audit ==
-- How far ids were handed out: what the sealing waits for.
DO $$ BEGIN EXECUTE format('GRANT SELECT ON SEQUENCE %s TO sportello_worker',
	pg_get_serial_sequence('public.audit_log', 'id')); END $$;
--> statement-breakpoint
CREATE INDEX "audit_log_of_accounts" ON "audit_log" ("subject_id", "id") WHERE "subject_kind" = 'account';
--> statement-breakpoint
CREATE INDEX "audit_log_of_customers" ON "audit_log" ("actor_id", "id") WHERE "actor_kind" = 'customer';
--> statement-breakpoint
-- == Mails ==
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
-- == Staff at work on accounts (R6) ==
-- Staff look for an attempt by what the caller can tell.
CREATE INDEX "signup_attempts_by_tax_id" ON "signup_attempts" ("tax_id");
--> statement-breakpoint
CREATE INDEX "signup_attempts_by_customer_code" ON "signup_attempts" ("customer_code");
--> statement-breakpoint
-- Whether a customer uses an authenticator app; its secret stays out of sight.
CREATE FUNCTION "account_has_second_factor"("account" uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT app_staff_role() IS NOT NULL AND EXISTS (
		SELECT FROM second_factors f WHERE f.account_id = account)
$$;
--> statement-breakpoint
-- How far a colleague is, for admins: hashes and secrets stay out of sight.
CREATE FUNCTION "staff_credentials"("member" uuid) RETURNS TABLE ("has_password" boolean, "has_second_factor" boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT s.password_hash IS NOT NULL,
		EXISTS (SELECT FROM second_factors f WHERE f.staff_id = s.id)
	FROM staff s
	WHERE s.id = member AND app_staff_role() = 'admin'
$$;
--> statement-breakpoint
-- R7, R6: the same as before, with the reason why the bills go on paper.
CREATE FUNCTION "turn_own_unsent_to_paper"("because" text, "only_contract" uuid DEFAULT NULL) RETURNS integer
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
			AND (only_contract IS NULL OR d.contract_id = only_contract)
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
		WHERE d.state = 'batched' AND d.email = ANY (addresses)
			AND (only_contract IS NULL OR d.contract_id = only_contract))
	ORDER BY b.company_id, b.id
	FOR UPDATE;
	WITH papered AS (
		UPDATE dispatches d
		SET channel = 'paper', state = 'paper', email = NULL, batch_id = NULL, position = NULL,
			failure = because
		WHERE d.email = ANY (addresses) AND (only_contract IS NULL OR d.contract_id = only_contract)
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
			jsonb_build_object('reason', because)
		FROM papered p
	)
	SELECT count(*) INTO turned FROM papered;
	RETURN turned;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "turn_own_unsent_to_paper"() RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT turn_own_unsent_to_paper('account_deleted', NULL)
$$;
--> statement-breakpoint
-- R6: a second member of staff types the code of the letter, and the contracts leave the account: links and
-- sessions end, paper from the next freeze on, and for what was never attempted. Null where there is no such release.
CREATE FUNCTION "release_contracts"("release" uuid, "typed_hash" bytea) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	letter contract_releases%ROWTYPE;
	moment timestamptz;
	before_account text := coalesce(current_setting('app.account_id', true), '');
BEGIN
	IF app_staff_role() IS NULL THEN
		RAISE EXCEPTION 'only staff release contracts' USING ERRCODE = 'insufficient_privilege';
	END IF;
	-- The account before all else, as a deletion takes it: a choice or deletion at once waits, or wins.
	PERFORM FROM accounts a
	WHERE a.id = (SELECT r.account_id FROM contract_releases r WHERE r.id = release)
	FOR UPDATE;
	SELECT * INTO letter FROM contract_releases r WHERE r.id = release FOR UPDATE;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	IF letter.finished_at IS NOT NULL OR NOT EXISTS (
		SELECT FROM accounts a WHERE a.id = letter.account_id AND a.deleted_at IS NULL) THEN
		RETURN 'finished';
	ELSIF letter.started_by = app_staff_id() THEN
		RETURN 'same_person';
	ELSIF letter.wrong_codes >= 5 THEN
		RETURN 'void';
	ELSIF letter.expires_at <= clock_timestamp() THEN
		RETURN 'expired';
	ELSIF typed_hash IS DISTINCT FROM letter.code_hash THEN
		UPDATE contract_releases r SET wrong_codes = r.wrong_codes + 1 WHERE r.id = release;
		RETURN CASE WHEN letter.wrong_codes + 1 >= 5 THEN 'void' ELSE 'wrong_code' END;
	END IF;
	INSERT INTO delivery_choices (company_id, contract_id, mode, origin)
	SELECT l.company_id, l.contract_id, 'paper', 'removed'
	FROM contract_links l WHERE l.account_id = letter.account_id AND l.ended_at IS NULL;
	-- As if its owner asked: that function knows which addresses and bills are the account's.
	PERFORM set_config('app.account_id', letter.account_id::text, true);
	PERFORM turn_own_unsent_to_paper('released', NULL);
	PERFORM set_config('app.account_id', before_account, true);
	moment := clock_timestamp();
	UPDATE contract_links l SET ended_at = moment, ended_because = 'released'
	WHERE l.account_id = letter.account_id AND l.ended_at IS NULL;
	UPDATE sessions s SET ended_at = moment WHERE s.account_id = letter.account_id AND s.ended_at IS NULL;
	UPDATE contract_releases r SET outcome = 'released', finished_by = app_staff_id(), finished_at = moment
	WHERE r.id = release;
	RETURN 'released';
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "account_has_second_factor"(uuid), "staff_credentials"(uuid),
	"turn_own_unsent_to_paper"(text, uuid), "release_contracts"(uuid, bytea) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "account_has_second_factor"(uuid), "staff_credentials"(uuid),
	"release_contracts"(uuid, bytea) TO sportello_web;
--> statement-breakpoint
-- == Own data, ledger, retention ==
-- R7: the same as before, and what was typed to register, and links asked for by e-mail.
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
	DELETE FROM link_requests r WHERE r.email = login;
	UPDATE signup_attempts s SET
		email = pseudonyms ->> login,
		tax_id = '', customer_code = '', bill_number = '',
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
-- R7: a deletion that a restored database has forgotten is carried out again by the worker, on behalf of the
-- account alone that its transaction names.
GRANT EXECUTE ON FUNCTION "app_own_addresses"(), "turn_own_unsent_to_paper"(),
	"forget_own_addresses"(jsonb) TO sportello_worker;
--> statement-breakpoint
CREATE INDEX "audit_log_of_sessions" ON "audit_log" ("subject_id", "id") WHERE "subject_kind" = 'session';
--> statement-breakpoint
CREATE INDEX "audit_log_of_staff_on_contracts" ON "audit_log" ("subject_id", "id")
	WHERE "subject_kind" = 'contract' AND "actor_kind" = 'staff';
--> statement-breakpoint
-- R30: what was done with the actor's own account: by its owner, to it or its sessions by whomever, and what staff
-- looked up of its contracts while they were in it. Of staff the role alone; of the facts those that tell of nobody.
CREATE FUNCTION "own_access_log"("latest" integer)
RETURNS TABLE (
	"id" bigint, "at" timestamptz, "action" text, "actor_kind" text, "staff_role" text, "detail" jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT l.id, l.at, l.action, l.actor_kind, st.role, (
		SELECT coalesce(jsonb_object_agg(fact.key, fact.value), '{}')
		FROM jsonb_each(l.detail) fact
		WHERE fact.key IN ('contracts', 'dedicatedAddress', 'language', 'mode', 'noticeVersion', 'secondFactor'))
	FROM (
		(SELECT a.id FROM audit_log a
			WHERE a.subject_kind = 'account' AND a.subject_id = app_account()
			ORDER BY a.id DESC LIMIT latest)
		UNION
		(SELECT a.id FROM audit_log a
			WHERE a.actor_kind = 'customer' AND a.actor_id = app_account()::text
			ORDER BY a.id DESC LIMIT latest)
		UNION
		(SELECT a.id FROM sessions s
			JOIN audit_log a ON a.subject_kind = 'session' AND a.subject_id = s.id
			WHERE s.account_id = app_account()
			ORDER BY a.id DESC LIMIT latest)
		UNION
		(SELECT a.id FROM contract_links k
			JOIN audit_log a ON a.subject_kind = 'contract' AND a.actor_kind = 'staff' AND a.subject_id = k.contract_id
				AND a.at BETWEEN k.linked_at AND coalesce(k.ended_at, 'infinity')
			WHERE k.account_id = app_account()
			ORDER BY a.id DESC LIMIT latest)
	) found
	JOIN audit_log l ON l.id = found.id
	LEFT JOIN staff st ON l.actor_kind = 'staff' AND st.id::text = l.actor_id
	ORDER BY l.id DESC
	LIMIT latest
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "own_access_log"(integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "own_access_log"(integer) TO sportello_web;
--> statement-breakpoint
-- Mails of no account whose address is still to be forgotten.
CREATE INDEX "account_mails_of_nobody" ON "account_mails" ("created_at")
	WHERE "account_id" IS NULL AND "to_email" LIKE '%@%';
--> statement-breakpoint
-- == Contracts of an account (R5) ==
-- Everything of the account's own holder, in whatever account it is: what can be added, and why something cannot
-- (R2: a mandate active in that company). Of nobody else's contracts this tells anything.
CREATE FUNCTION "own_holder_contracts"()
RETURNS TABLE ("company_id" smallint, "id" uuid, "contract_number" text, "customer_code" text, "commodity" text,
	"supply_address" text, "mine" boolean, "held" boolean, "company_known" boolean, "gate_open" boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	WITH me AS (
		SELECT a.id, a.holder_id FROM accounts a WHERE a.id = app_account() AND a.deleted_at IS NULL
	), own AS (
		SELECT c.*, l.account_id AS in_account
		FROM me
		JOIN contracts c ON c.holder_id = me.holder_id
		LEFT JOIN contract_links l ON l.company_id = c.company_id AND l.contract_id = c.id AND l.ended_at IS NULL
	), gates AS (
		SELECT DISTINCT own.company_id FROM own
		CROSS JOIN LATERAL active_mandate(own.company_id, own.id, own.holder_id,
			(clock_timestamp() AT TIME ZONE 'Europe/Rome')::date)
	)
	SELECT own.company_id, own.id, own.contract_number, own.customer_code, own.commodity, own.supply_address,
		coalesce(own.in_account = me.id, false), own.in_account IS DISTINCT FROM me.id AND own.in_account IS NOT NULL,
		EXISTS (SELECT FROM contract_links l
			WHERE l.account_id = me.id AND l.company_id = own.company_id AND l.ended_at IS NULL),
		EXISTS (SELECT FROM gates g WHERE g.company_id = own.company_id)
	FROM own, me
$$;
--> statement-breakpoint
-- R1: whether a bill of that number was issued to the account's holder for one of its contracts lately.
CREATE FUNCTION "own_holder_bill"("company" smallint, "contract" uuid, "compact_number" text, "months" integer)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT EXISTS (SELECT FROM accounts a
		JOIN documents d ON d.holder_id = a.holder_id AND d.company_id = company AND d.contract_id = contract
		WHERE a.id = app_account() AND a.deleted_at IS NULL AND d.published_at IS NOT NULL
			AND d.issue_date >= (clock_timestamp() AT TIME ZONE 'Europe/Rome')::date - make_interval(months => months)
			AND upper(regexp_replace(d.bill_number, '\s', '', 'g')) = compact_number)
$$;
--> statement-breakpoint
CREATE FUNCTION "turn_removed_to_paper"("contract" uuid) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT turn_own_unsent_to_paper('removed', contract)
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "own_holder_contracts"(), "own_holder_bill"(smallint, uuid, text, integer),
	"turn_removed_to_paper"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "own_holder_contracts"(), "own_holder_bill"(smallint, uuid, text, integer),
	"turn_removed_to_paper"(uuid) TO sportello_web;
--> statement-breakpoint
CREATE POLICY "add_own" ON "contract_links" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() AND ended_at IS NULL AND EXISTS (
		SELECT FROM own_holder_contracts() own WHERE own.company_id = contract_links.company_id
			AND own.id = contract_links.contract_id AND own.gate_open));
