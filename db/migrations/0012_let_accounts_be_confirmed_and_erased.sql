-- R7: every address that the account itself brought in: its own, its dedicated ones, those of its choices
-- and of choices taken over from another portal for its contracts.
CREATE FUNCTION "app_own_addresses"() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT a.email FROM accounts a WHERE a.id = app_account() AND a.deleted_at IS NULL
	UNION SELECT da.email FROM delivery_addresses da WHERE da.account_id = app_account()
	UNION SELECT dc.email FROM delivery_choices dc WHERE dc.account_id = app_account() AND dc.email LIKE '%@%'
	UNION SELECT dc.email
		FROM delivery_choices dc
		JOIN contract_links l ON l.company_id = dc.company_id AND l.contract_id = dc.contract_id
			AND l.account_id = app_account() AND l.ended_at IS NULL
		WHERE dc.account_id IS NULL AND dc.email LIKE '%@%'
$$;
--> statement-breakpoint
-- The documents whose dispatches may have gone to those addresses: the holder's, on the account's contracts.
CREATE FUNCTION "app_own_documents"() RETURNS TABLE ("company_id" smallint, "contract_id" uuid, "id" uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT d.company_id, d.contract_id, d.id
	FROM accounts a
	JOIN contract_links l ON l.account_id = a.id
	JOIN documents d ON d.company_id = l.company_id AND d.contract_id = l.contract_id AND d.holder_id = a.holder_id
	WHERE a.id = app_account()
$$;
--> statement-breakpoint
-- R7: electronic dispatches never attempted become paper, also out of a batch that was never attempted:
-- the worker finds a member gone and rebuilds the batch under a new id (R17). Returns how many.
CREATE FUNCTION "turn_own_unsent_to_paper"() RETURNS integer
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
	-- The same for a worker that is freezing a batch with one of these dispatches …
	PERFORM FROM dispatches d
	WHERE d.state = 'queued' AND d.email = ANY (addresses)
		AND (d.company_id, d.contract_id, d.document_id) IN (SELECT * FROM app_own_documents())
	ORDER BY d.company_id, d.id
	FOR UPDATE;
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
		RETURNING d.company_id, d.contract_id, d.document_id
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
-- R7: puts pseudonyms (address → pseudonym) in the place of the account's own addresses wherever they are
-- kept, and removes what was mailed to them and not used. Other accounts' rows stay, also where they
-- name the same address. Dispatches under way keep theirs: they end under their old key.
CREATE FUNCTION "forget_own_addresses"("given" jsonb) RETURNS void
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
		AND EXISTS (SELECT FROM delivery_choices c WHERE c.company_id = p.company_id
			AND c.contract_id = p.contract_id AND c.id = p.choice_id AND (c.account_id = me OR c.account_id IS NULL));
	UPDATE delivery_choices c SET email = pseudonyms ->> c.email
	WHERE pseudonyms ? c.email AND (c.account_id = me OR c.account_id IS NULL AND EXISTS (
		SELECT FROM contract_links l WHERE l.company_id = c.company_id AND l.contract_id = c.contract_id
			AND l.account_id = me AND l.ended_at IS NULL));
	UPDATE dispatches d SET email = pseudonyms ->> d.email
	FROM app_own_documents() own
	WHERE d.company_id = own.company_id AND d.contract_id = own.contract_id AND d.document_id = own.id
		AND d.state <> 'queued' AND pseudonyms ? d.email
		AND (d.state <> 'batched' OR EXISTS (SELECT FROM dispatch_batches b
			WHERE b.company_id = d.company_id AND b.id = d.batch_id AND b.state <> 'frozen'));
	UPDATE account_mails m SET
		to_email = coalesce(pseudonyms ->> m.to_email, m.to_email),
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
REVOKE ALL ON FUNCTION "app_own_addresses"(), "app_own_documents"(),
	"turn_own_unsent_to_paper"(), "forget_own_addresses"(jsonb) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "app_own_addresses"(), "turn_own_unsent_to_paper"(),
	"forget_own_addresses"(jsonb) TO sportello_web;
--> statement-breakpoint
-- R6: the e-mail of a living account is its identity; only a deletion puts something else there.
CREATE FUNCTION "refuse_email_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the e-mail of an account cannot be changed';
END $$;
--> statement-breakpoint
CREATE TRIGGER "accounts_email_is_fixed" BEFORE UPDATE ON "accounts"
FOR EACH ROW WHEN (NEW.email IS DISTINCT FROM OLD.email AND NEW.deleted_at IS NULL)
EXECUTE FUNCTION "refuse_email_change"();
