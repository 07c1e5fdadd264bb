-- R10, written once: how contracts' bills are delivered at an instant, by their last choice, their mandate
-- and the address it leads to. Of `everyone` it is asked by a constant: so the planner reads a whole
-- company in the order of its keys, and a few contracts by index. Ask delivery_modes() instead.
CREATE FUNCTION "judged_modes"("company" smallint, "everyone" boolean, "contracts_asked" uuid[], "instant" timestamptz)
RETURNS TABLE (
	"contract_id" uuid, "mode" text, "email" text, "reason" text, "discount_cents" integer,
	"discount_basis" text, "choice_id" uuid, "mandate_id" uuid
)
LANGUAGE sql STABLE AS $$
	SELECT
		judged.contract_id,
		CASE WHEN judged.electronic THEN 'electronic' ELSE 'paper' END,
		CASE WHEN judged.electronic THEN judged.address END,
		judged.reason,
		CASE WHEN judged.electronic THEN coalesce(discount.amount_cents, 0) ELSE 0 END,
		CASE WHEN judged.electronic THEN discount.basis END,
		judged.choice_id,
		judged.mandate_id
	FROM (
		SELECT told.*, told.reason = 'chosen' AND told.mode = 'electronic' AS electronic
		FROM (
			SELECT led.*,
				CASE
					WHEN led.choice_id IS NULL THEN 'no_choice'
					WHEN led.origin = 'account_deleted' OR led.account_gone THEN 'account_deleted'
					WHEN led.origin IN ('holder_changed', 'removed', 'undone') THEN 'no_choice'
					WHEN led.mode = 'paper' THEN 'chosen'
					WHEN led.mandate_id IS NULL AND EXISTS (
						SELECT FROM mandates m
						WHERE m.company_id = company AND m.contract_id = led.contract_id
							AND m.holder_id = led.holder_id
							AND m.status IN ('active', 'revoked', 'expired')
							AND m.until <= (instant AT TIME ZONE 'Europe/Rome')::date
					) THEN 'mandate_ended'
					WHEN led.mandate_id IS NULL THEN 'no_mandate'
					WHEN EXISTS (
						SELECT FROM address_suspensions s
						WHERE s.email = led.address AND s.suspended_at <= instant
							AND (s.lifted_at IS NULL OR s.lifted_at > instant)
					) THEN 'address_suspended'
					ELSE 'chosen'
				END AS reason
			FROM (
				SELECT
					latest.*,
					CASE
						WHEN latest.account_id IS NULL THEN latest.email
						ELSE coalesce(dedicated.email, a.email)
					END AS address,
					a.deleted_at <= instant AS account_gone
				FROM (
					-- The first row of each contract has its last choice and its latest active mandate.
					SELECT DISTINCT ON (c.id)
						c.id AS contract_id, c.holder_id, c.commodity,
						dc.id AS choice_id, dc.mode, dc.origin, dc.account_id, dc.email,
						m.id AS mandate_id
					FROM contracts c
					LEFT JOIN delivery_choices dc ON dc.company_id = company AND dc.contract_id = c.id
						AND dc.chosen_at <= instant
					LEFT JOIN mandates m ON m.company_id = company AND m.contract_id = c.id
						AND m.holder_id = c.holder_id
						AND mandate_active_on(m.status, m.since, m.until, (instant AT TIME ZONE 'Europe/Rome')::date)
					WHERE c.company_id = company
						AND CASE WHEN everyone THEN c.starts_on <= (instant AT TIME ZONE 'Europe/Rome')::date
							AND (c.ends_on IS NULL OR c.ends_on >= (instant AT TIME ZONE 'Europe/Rome')::date)
							ELSE c.id = ANY (contracts_asked) END
					ORDER BY c.id, dc.chosen_at DESC, dc.id DESC, m.since DESC, m.id DESC
				) latest
				LEFT JOIN accounts a ON a.id = latest.account_id
				LEFT JOIN delivery_addresses dedicated
					ON dedicated.account_id = latest.account_id AND dedicated.email = latest.email
					AND dedicated.confirmed_at <= instant
			) led
			-- Else the verdict would be worked out once for each column that depends on it.
			OFFSET 0
		) told
	) judged
	LEFT JOIN (
		-- Once for each commodity, not for each contract.
		SELECT offered.commodity, of_day.amount_cents, of_day.basis
		FROM (SELECT DISTINCT commodity FROM discounts WHERE company_id = company) offered
		CROSS JOIN LATERAL discount_on(company, offered.commodity, (instant AT TIME ZONE 'Europe/Rome')::date) of_day
	) discount ON discount.commodity = judged.commodity
$$
--> statement-breakpoint
-- R10: the mode of a company's contracts at an instant. Null `contracts_asked` means every contract that
-- is active on that day. Used by the freeze, the panel, staff and tests.
CREATE OR REPLACE FUNCTION "delivery_modes"("company" smallint, "contracts_asked" uuid[], "instant" timestamptz)
RETURNS TABLE (
	"contract_id" uuid, "mode" text, "email" text, "reason" text, "discount_cents" integer,
	"discount_basis" text, "choice_id" uuid, "mandate_id" uuid
)
LANGUAGE sql STABLE AS $$
	SELECT j.* FROM judged_modes(company, true, NULL, instant) j WHERE contracts_asked IS NULL
	UNION ALL
	SELECT j.* FROM judged_modes(company, false, contracts_asked, instant) j WHERE contracts_asked IS NOT NULL
$$
--> statement-breakpoint
-- R12: the cut-offs that a company's calendar (day and hour, Europe/Rome) has in so many months from the
-- one of an instant on; where clocks change, the hour on the wall counts.
CREATE FUNCTION "calendar_cut_offs"("company" smallint, "since" timestamptz, "months" integer)
RETURNS SETOF timestamptz
LANGUAGE sql STABLE AS $$
	SELECT (date_trunc('month', since AT TIME ZONE 'Europe/Rome')
		+ make_interval(months => month, days => co.cut_off_day - 1, hours => co.cut_off_hour))
		AT TIME ZONE 'Europe/Rome'
	FROM companies co
	CROSS JOIN generate_series(0, months - 1) month
	WHERE co.id = company
$$;
--> statement-breakpoint
-- A calendar's cut-off stands unless operators gave that month a run of its own, or cancelled it.
CREATE FUNCTION "month_has_run"("company" smallint, "cut_off" timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM invoicing_runs r WHERE r.company_id = company
		AND date_trunc('month', r.cut_off_at AT TIME ZONE 'Europe/Rome')
			= date_trunc('month', cut_off AT TIME ZONE 'Europe/Rome'))
$$;
--> statement-breakpoint
-- R11: the company's first cut-off at or after an instant, of its runs or else of its calendar.
CREATE OR REPLACE FUNCTION "next_cut_off"("company" smallint, "instant" timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT least(
		(SELECT min(r.cut_off_at) FROM invoicing_runs r
			WHERE r.company_id = company AND r.state = 'scheduled' AND r.cut_off_at >= instant),
		(SELECT min(cut_off) FROM calendar_cut_offs(company, instant, 13) cut_off
			WHERE cut_off >= instant AND NOT month_has_run(company, cut_off))
	)
$$;
--> statement-breakpoint
-- R11: the company's last cut-off before an instant, and its run if there is one: what a choice made
-- now does not reach any more.
CREATE FUNCTION "last_cut_off"("company" smallint, "instant" timestamptz)
RETURNS TABLE ("cut_off_at" timestamptz, "run_id" uuid, "run_state" text)
LANGUAGE sql STABLE AS $$
	SELECT passed.cut_off_at, passed.run_id, passed.run_state
	FROM (
		SELECT r.cut_off_at, r.id AS run_id, r.state AS run_state FROM invoicing_runs r
		WHERE r.company_id = company AND r.state <> 'cancelled' AND r.cut_off_at < instant
		UNION ALL
		SELECT cut_off, NULL, NULL FROM calendar_cut_offs(company, instant - interval '2 months', 3) cut_off
		WHERE cut_off < instant AND NOT month_has_run(company, cut_off)
	) passed
	ORDER BY passed.cut_off_at DESC
	LIMIT 1
$$;
--> statement-breakpoint
-- R5, R7: the choices of the account, and those taken over for the contracts that are, or were, in it: until
-- the contract left it, and none of an earlier holder's. By way of its contracts, however many others chose.
CREATE FUNCTION "app_own_choices"() RETURNS SETOF "delivery_choices"
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT dc.*
	FROM contract_links l
	JOIN delivery_choices dc ON dc.company_id = l.company_id AND dc.contract_id = l.contract_id
	WHERE l.account_id = app_account() AND (dc.account_id = l.account_id
		OR dc.account_id IS NULL AND dc.email IS NOT NULL
			AND dc.chosen_at <= coalesce(l.ended_at, 'infinity')
			AND NOT EXISTS (SELECT FROM delivery_choices handed
				WHERE handed.company_id = dc.company_id AND handed.contract_id = dc.contract_id
					AND handed.origin = 'holder_changed' AND handed.chosen_at > dc.chosen_at
					AND handed.chosen_at < coalesce(l.ended_at, 'infinity')))
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "app_own_choices"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "app_own_choices"() TO sportello_web;
--> statement-breakpoint
-- The same addresses as before, looked up once for each statement, not all choices for each suspension.
DROP POLICY "see_own" ON "address_suspensions";
--> statement-breakpoint
CREATE POLICY "see_own" ON "address_suspensions" FOR SELECT TO sportello_web
	USING (app_staff()
		OR email IN (SELECT a.email FROM accounts a WHERE a.id = app_account())
		OR email IN (SELECT da.email FROM delivery_addresses da WHERE da.account_id = app_account())
		OR email IN (SELECT own.email FROM app_own_choices() own WHERE own.account_id IS NULL));
--> statement-breakpoint
-- R7: also what mails about the account went to: an address that bills went to until a choice, taken over
-- from another portal, was changed belongs to no choice and no link of the account any more.
CREATE OR REPLACE FUNCTION "app_own_addresses"() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
	SELECT a.email FROM accounts a WHERE a.id = app_account() AND a.deleted_at IS NULL
	UNION SELECT da.email FROM delivery_addresses da WHERE da.account_id = app_account()
	UNION SELECT m.to_email FROM account_mails m WHERE m.account_id = app_account() AND m.to_email LIKE '%@%'
	UNION SELECT own.email FROM app_own_choices() own WHERE own.email LIKE '%@%'
$$;
--> statement-breakpoint
-- R7: the same as before, but of choices taken over those of the account's holder only, also where the
-- contract has changed hands since.
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
-- R15: a publication writes every document of a run once more. With room for it in the same page none of
-- their indexes is touched, which is half of the work and of the log.
ALTER TABLE "documents" SET (fillfactor = 50);
--> statement-breakpoint
-- R7: electronic dispatches never attempted become paper, also out of a batch that was never attempted:
-- the worker finds a member gone and rebuilds the batch under a new id (R17). Returns how many.
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
