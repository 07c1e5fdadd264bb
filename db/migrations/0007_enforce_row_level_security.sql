-- The second wall (R28): the web role owns nothing and sees a row only for the actor named in the
-- transaction's settings. The worker role sees every row; so does the owner, by a policy of its own,
-- since row-level security is forced on it as well.
CREATE FUNCTION "app_actor"() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT current_setting('app.actor', true) $$;
--> statement-breakpoint
CREATE FUNCTION "app_account"() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.account_id', true), '')::uuid $$;
--> statement-breakpoint
CREATE FUNCTION "app_holder"() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.holder_id', true), '')::uuid $$;
--> statement-breakpoint
CREATE FUNCTION "app_staff"() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('app.actor', true) = 'staff', false) $$;
--> statement-breakpoint
-- A visitor who shows a mailed token may act on the attempt or account the token stands for, until it
-- is spent.
CREATE FUNCTION "app_token_hash"() RETURNS bytea LANGUAGE sql STABLE AS
$$ SELECT decode(nullif(current_setting('app.token_hash', true), ''), 'hex') $$;
--> statement-breakpoint
CREATE FUNCTION "app_token_attempt"() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT attempt_id FROM tokens
	WHERE token_hash = app_token_hash() AND purpose = 'confirm_account' AND used_at IS NULL
		AND expires_at > now()
$$;
--> statement-breakpoint
-- R4: whom a confirmed registration belongs to. The visitor sees no contract yet, so this answers for
-- the token's attempt alone, and only while the contract is still that tax id's.
CREATE FUNCTION "app_token_holder"() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT h.id
	FROM signup_attempts s
	JOIN contracts c ON c.company_id = s.company_id AND c.id = s.contract_id
	JOIN holders h ON h.id = c.holder_id AND s.tax_id IN (h.tax_id, h.vat_number)
	WHERE s.id = app_token_attempt()
$$;
--> statement-breakpoint
-- The hash of the password that was chosen with it; hashes are in no column that the web role reads.
CREATE FUNCTION "app_token_password_hash"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT password_hash FROM signup_attempts WHERE id = app_token_attempt() AND outcome = 'confirm'
$$;
--> statement-breakpoint
CREATE FUNCTION "app_token_account"() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT account_id FROM tokens
	WHERE token_hash = app_token_hash() AND purpose = 'confirm_address' AND used_at IS NULL
		AND expires_at > now()
$$;
--> statement-breakpoint
-- R7: a deletion asks for the password once more; this is what to compare it with.
CREATE FUNCTION "own_password_hash"() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT password_hash FROM accounts WHERE id = app_account() AND deleted_at IS NULL
$$;
--> statement-breakpoint
-- Sign-in happens before there is an actor: these three answer exactly what it needs.
CREATE FUNCTION "login_candidate"("login_email" text)
RETURNS TABLE ("account_id" uuid, "holder_id" uuid, "password_hash" text, "language" text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT id, holder_id, password_hash, language FROM accounts
	WHERE email = login_email AND deleted_at IS NULL
$$;
--> statement-breakpoint
CREATE FUNCTION "staff_login_candidate"("login_email" text)
RETURNS TABLE ("staff_id" uuid, "role" text, "password_hash" text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT id, role, password_hash FROM staff WHERE email = login_email AND disabled_at IS NULL
$$;
--> statement-breakpoint
-- Who holds this session, if it lives: idle and absolute limits on the database's clock.
CREATE FUNCTION "session_actor"("hash" bytea, "customer_idle" interval, "staff_idle" interval)
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
	WHERE s.token_hash = hash AND s.ended_at IS NULL AND s.expires_at > now()
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
ALTER TABLE "holders" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "holders" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "holders" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "holders" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "contracts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contracts" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "contracts" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "contracts" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "mandates" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "mandates" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "mandates" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "mandates" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "accounts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "accounts" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "accounts" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "accounts" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "contract_links" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "contract_links" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "contract_links" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "contract_links" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "sessions" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "sessions" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "sessions" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "signup_attempts" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "signup_attempts" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "signup_attempts" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "signup_attempts" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "tokens" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "tokens" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "tokens" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "tokens" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "account_mails" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "account_mails" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "account_mails" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "account_mails" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "delivery_addresses" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "delivery_addresses" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "delivery_addresses" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "delivery_addresses" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "delivery_choices" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "delivery_choices" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "delivery_choices" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "delivery_choices" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "address_suspensions" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "address_suspensions" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "address_suspensions" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "address_suspensions" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "delivery_plans" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "delivery_plans" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "delivery_plans" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "delivery_plans" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "documents" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "documents" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "documents" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "documents" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "bill_lines" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "bill_lines" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "bill_lines" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "bill_lines" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "dispatch_batches" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "dispatch_batches" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "dispatch_batches" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "dispatch_batches" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "dispatches" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "dispatches" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "dispatches" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "dispatches" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "dispatch_events" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "dispatch_events" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "dispatch_events" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "dispatch_events" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "load_profiles" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "load_profiles" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "load_profiles" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "load_profiles" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "daily_consumption" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "daily_consumption" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "daily_consumption" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "daily_consumption" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "staff" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "staff" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "staff" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "staff" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "audit_log" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_log" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "audit_log" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "audit_log" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
ALTER TABLE "imports" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "imports" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "imports" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "imports" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "see_own" ON "holders" FOR SELECT TO sportello_web
	USING (app_staff() OR id = app_holder());
--> statement-breakpoint
CREATE POLICY "see_linked" ON "contracts" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM contract_links l WHERE l.company_id = contracts.company_id
		AND l.contract_id = contracts.id AND l.account_id = app_account() AND l.ended_at IS NULL));
--> statement-breakpoint
CREATE POLICY "see_linked" ON "mandates" FOR SELECT TO sportello_web
	USING (app_staff() OR holder_id = app_holder() AND EXISTS (
		SELECT FROM contract_links l WHERE l.company_id = mandates.company_id
			AND l.contract_id = mandates.contract_id AND l.account_id = app_account()
			AND (l.ended_at IS NULL OR l.ended_because = 'holder_changed')));
--> statement-breakpoint
CREATE POLICY "see_own" ON "accounts" FOR SELECT TO sportello_web
	USING (app_staff() OR id = app_account());
--> statement-breakpoint
CREATE POLICY "change_own" ON "accounts" FOR UPDATE TO sportello_web
	USING (id = app_account())
	WITH CHECK (id = app_account());
--> statement-breakpoint
CREATE POLICY "confirm_attempt" ON "accounts" FOR INSERT TO sportello_web
	WITH CHECK (holder_id = app_token_holder() AND EXISTS (
		SELECT FROM signup_attempts s WHERE s.id = app_token_attempt() AND s.email = accounts.email));
--> statement-breakpoint
CREATE POLICY "see_own" ON "contract_links" FOR SELECT TO sportello_web
	USING (app_staff() OR account_id = app_account());
--> statement-breakpoint
CREATE POLICY "end_own" ON "contract_links" FOR UPDATE TO sportello_web
	USING (account_id = app_account())
	WITH CHECK (account_id = app_account());
--> statement-breakpoint
CREATE POLICY "confirm_attempt" ON "contract_links" FOR INSERT TO sportello_web
	WITH CHECK (app_token_holder() IS NOT NULL AND EXISTS (
		SELECT FROM signup_attempts s WHERE s.id = app_token_attempt()
			AND s.company_id = contract_links.company_id AND s.contract_id = contract_links.contract_id));
--> statement-breakpoint
CREATE POLICY "see_own" ON "sessions" FOR SELECT TO sportello_web
	USING (account_id = app_account() OR staff_id = nullif(current_setting('app.staff_id', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "open_own" ON "sessions" FOR INSERT TO sportello_web
	WITH CHECK (account_id = app_account() OR staff_id = nullif(current_setting('app.staff_id', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "end_own" ON "sessions" FOR UPDATE TO sportello_web
	USING (account_id = app_account() OR staff_id = nullif(current_setting('app.staff_id', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "try" ON "signup_attempts" FOR INSERT TO sportello_web
	WITH CHECK (app_actor() = 'visitor' AND outcome IN ('pending', 'throttled') AND contract_id IS NULL);
--> statement-breakpoint
CREATE POLICY "see_by_token" ON "signup_attempts" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM tokens t WHERE t.attempt_id = signup_attempts.id
		AND t.token_hash = app_token_hash() AND t.expires_at > now()));
--> statement-breakpoint
CREATE POLICY "confirm_by_token" ON "signup_attempts" FOR UPDATE TO sportello_web
	USING (id = app_token_attempt());
--> statement-breakpoint
CREATE POLICY "see_by_token" ON "tokens" FOR SELECT TO sportello_web
	USING (token_hash = app_token_hash());
--> statement-breakpoint
CREATE POLICY "use_by_token" ON "tokens" FOR UPDATE TO sportello_web
	USING (token_hash = app_token_hash() AND used_at IS NULL)
	WITH CHECK (token_hash = app_token_hash() AND used_at IS NOT NULL);
--> statement-breakpoint
CREATE POLICY "see_own" ON "account_mails" FOR SELECT TO sportello_web
	USING (app_staff() OR account_id = app_account());
--> statement-breakpoint
-- A customer has mails sent to their own address, and a request to confirm to one they have added; the
-- last mail of a deleted account belongs to no account any more.
CREATE POLICY "queue" ON "account_mails" FOR INSERT TO sportello_web
	WITH CHECK (state = 'queued' AND CASE template
		WHEN 'confirm-address' THEN account_id = app_account() AND EXISTS (SELECT FROM delivery_addresses da
			WHERE da.account_id = app_account() AND da.email = account_mails.to_email AND da.confirmed_at IS NULL)
		ELSE (account_id = app_account() OR account_id IS NULL AND template = 'account-deleted')
			AND EXISTS (SELECT FROM accounts a
				WHERE a.id = app_account() AND a.email = account_mails.to_email AND a.deleted_at IS NULL)
	END);
--> statement-breakpoint
CREATE POLICY "own" ON "delivery_addresses" FOR ALL TO sportello_web
	USING (account_id = app_account())
	WITH CHECK (account_id = app_account());
--> statement-breakpoint
CREATE POLICY "staff_see" ON "delivery_addresses" FOR SELECT TO sportello_web
	USING (app_staff());
--> statement-breakpoint
CREATE POLICY "see_linked" ON "delivery_choices" FOR SELECT TO sportello_web
	USING (app_staff() OR (account_id IS NULL OR account_id = app_account()) AND EXISTS (SELECT FROM contract_links l WHERE l.company_id = delivery_choices.company_id
		AND l.contract_id = delivery_choices.contract_id AND l.account_id = app_account() AND l.ended_at IS NULL)
		OR account_id = app_account());
--> statement-breakpoint
CREATE POLICY "choose_for_linked" ON "delivery_choices" FOR INSERT TO sportello_web
	WITH CHECK (chosen_at >= now()
		AND (account_id = app_account() OR account_id IS NULL AND origin IN ('removed', 'account_deleted'))
		AND EXISTS (SELECT FROM contract_links l WHERE l.company_id = delivery_choices.company_id
		AND l.contract_id = delivery_choices.contract_id AND l.account_id = app_account() AND l.ended_at IS NULL));
--> statement-breakpoint
CREATE POLICY "see_own" ON "address_suspensions" FOR SELECT TO sportello_web
	USING (app_staff() OR email = (SELECT a.email FROM accounts a WHERE a.id = app_account())
		OR EXISTS (SELECT FROM delivery_addresses da WHERE da.account_id = app_account() AND da.email = address_suspensions.email));
--> statement-breakpoint
CREATE POLICY "see_published" ON "documents" FOR SELECT TO sportello_web
	USING (app_staff() OR published_at IS NOT NULL AND holder_id = app_holder() AND EXISTS (
		SELECT FROM contract_links l WHERE l.company_id = documents.company_id AND l.contract_id = documents.contract_id
			AND l.account_id = app_account() AND (l.ended_at IS NULL OR l.ended_because = 'holder_changed')));
--> statement-breakpoint
CREATE POLICY "see_with_document" ON "bill_lines" FOR SELECT TO sportello_web
	USING (EXISTS (SELECT FROM documents d WHERE d.company_id = bill_lines.company_id
		AND d.contract_id = bill_lines.contract_id AND d.id = bill_lines.document_id));
--> statement-breakpoint
CREATE POLICY "see_with_document" ON "dispatches" FOR SELECT TO sportello_web
	USING (EXISTS (SELECT FROM documents d WHERE d.company_id = dispatches.company_id
		AND d.contract_id = dispatches.contract_id AND d.id = dispatches.document_id));
--> statement-breakpoint
CREATE POLICY "see_linked" ON "load_profiles" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM contract_links l JOIN contracts c ON c.company_id = l.company_id AND c.id = l.contract_id
		WHERE l.company_id = load_profiles.company_id AND l.contract_id = load_profiles.contract_id AND l.account_id = app_account()
			AND l.ended_at IS NULL AND c.held_since <= load_profiles.local_day));
--> statement-breakpoint
CREATE POLICY "see_linked" ON "daily_consumption" FOR SELECT TO sportello_web
	USING (app_staff() OR EXISTS (SELECT FROM contract_links l JOIN contracts c ON c.company_id = l.company_id AND c.id = l.contract_id
		WHERE l.company_id = daily_consumption.company_id AND l.contract_id = daily_consumption.contract_id AND l.account_id = app_account()
			AND l.ended_at IS NULL AND c.held_since <= daily_consumption.local_day));
--> statement-breakpoint
-- R30: nobody writes in another's name.
CREATE POLICY "add" ON "audit_log" FOR INSERT TO sportello_web
	WITH CHECK (actor_kind = app_actor() AND CASE actor_kind
		WHEN 'customer' THEN actor_id = app_account()::text
		WHEN 'staff' THEN actor_id = nullif(current_setting('app.staff_id', true), '')
		WHEN 'visitor' THEN actor_id IS NULL
		ELSE false
	END);
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO sportello_web, sportello_worker;
--> statement-breakpoint
-- The web role gets what pages and actions use and no more: no hash of a password or session, nothing of
-- the runs' plans and batches, and no change to what was sent or decided.
GRANT SELECT ON companies, discounts, invoicing_runs, holders, contracts, mandates, contract_links, tokens,
	account_mails, delivery_addresses, delivery_choices, address_suspensions, documents, bill_lines, dispatches,
	load_profiles, daily_consumption TO sportello_web;
--> statement-breakpoint
GRANT SELECT (id, holder_id, email, language, created_at, deleted_at) ON accounts TO sportello_web;
--> statement-breakpoint
GRANT SELECT (id, account_id, staff_id, ended_at) ON sessions TO sportello_web;
--> statement-breakpoint
GRANT SELECT (id, company_id, tax_id, customer_code, bill_number, email, language, outcome, contract_id, created_at,
	decided_at, confirmed_at) ON signup_attempts TO sportello_web;
--> statement-breakpoint
GRANT INSERT ON accounts, contract_links, sessions, signup_attempts, account_mails, delivery_addresses,
	delivery_choices, audit_log TO sportello_web;
--> statement-breakpoint
GRANT UPDATE (email, password_hash, language, deleted_at) ON accounts TO sportello_web;
--> statement-breakpoint
GRANT UPDATE (ended_at, ended_because) ON contract_links TO sportello_web;
--> statement-breakpoint
GRANT UPDATE (ended_at) ON sessions TO sportello_web;
--> statement-breakpoint
GRANT UPDATE (outcome, confirmed_at, password_hash) ON signup_attempts TO sportello_web;
--> statement-breakpoint
GRANT UPDATE (used_at) ON tokens TO sportello_web;
--> statement-breakpoint
GRANT UPDATE (confirmed_at), DELETE ON delivery_addresses TO sportello_web;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sportello_worker;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON audit_log FROM sportello_worker;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ensure_consumption_months(date, date), login_candidate(text), staff_login_candidate(text),
	session_actor(bytea, interval, interval), app_token_attempt(), app_token_account(), app_token_holder(),
	app_token_password_hash(), own_password_hash() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ensure_consumption_months(date, date) TO sportello_worker;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION login_candidate(text), staff_login_candidate(text), session_actor(bytea, interval, interval),
	app_token_attempt(), app_token_account(), app_token_holder(), app_token_password_hash(), own_password_hash()
	TO sportello_web;
