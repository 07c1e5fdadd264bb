-- R2, R10, R16, written once: whether a mandate is active on a day. One that was revoked or expired counts
-- until the day before `until`.
CREATE FUNCTION "mandate_active_on"("status" text, "since" date, "until" date, "day" date) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT status IN ('active', 'revoked', 'expired') AND since <= day AND (until IS NULL OR day < until)
$$;
--> statement-breakpoint
-- The mandate of a holder on a contract that is active on a day; of several the latest. No row: none is.
CREATE FUNCTION "active_mandate"("company" smallint, "contract" uuid, "holder" uuid, "day" date)
RETURNS SETOF "mandates"
LANGUAGE sql STABLE AS $$
	SELECT m.*
	FROM mandates m
	WHERE m.company_id = company AND m.contract_id = contract AND m.holder_id = holder
		AND mandate_active_on(m.status, m.since, m.until, day)
	ORDER BY m.since DESC, m.id DESC
	LIMIT 1
$$;
--> statement-breakpoint
-- R16: the mandate by which a document is collected: active when it is issued and, as far as is known,
-- still when it is due. No row: the holder pays it by hand.
CREATE FUNCTION "paying_mandate"("company" smallint, "contract" uuid, "holder" uuid, "issued" date, "due" date)
RETURNS SETOF "mandates"
LANGUAGE sql STABLE AS $$
	SELECT m.*
	FROM mandates m
	WHERE m.company_id = company AND m.contract_id = contract AND m.holder_id = holder
		AND mandate_active_on(m.status, m.since, m.until, issued)
		AND mandate_active_on(m.status, m.since, m.until, due)
	ORDER BY m.since DESC, m.id DESC
	LIMIT 1
$$;
--> statement-breakpoint
-- R13: what an electronic bill of a commodity gives on a day. No row: nothing.
CREATE FUNCTION "discount_on"("company" smallint, "asked" text, "day" date)
RETURNS TABLE ("amount_cents" integer, "basis" text)
LANGUAGE sql STABLE AS $$
	SELECT d.amount_cents, d.basis
	FROM discounts d
	WHERE d.company_id = company AND d.commodity = asked
		AND d.valid_from <= day AND (d.valid_until IS NULL OR day < d.valid_until)
	ORDER BY d.valid_from DESC, d.id DESC
	LIMIT 1
$$;
--> statement-breakpoint
-- R10, written once: the mode of a company's contracts at an instant. Null `contracts_asked` means
-- every contract that is active on that day. Used by the freeze, the panel, staff and tests.
CREATE FUNCTION "delivery_modes"("company" smallint, "contracts_asked" uuid[], "instant" timestamptz)
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
		CASE WHEN judged.electronic THEN coalesce(judged.discount_cents, 0) ELSE 0 END,
		CASE WHEN judged.electronic THEN judged.discount_basis END,
		judged.choice_id,
		judged.mandate_id
	FROM (
		SELECT
			c.id AS contract_id,
			choice.id AS choice_id,
			active.id AS mandate_id,
			choice.address,
			discount.amount_cents AS discount_cents,
			discount.basis AS discount_basis,
			verdict.reason,
			verdict.reason = 'chosen' AND choice.mode = 'electronic' AS electronic
		FROM contracts c
		LEFT JOIN LATERAL (
			SELECT
				dc.id, dc.mode, dc.origin,
				CASE
					WHEN dc.account_id IS NULL THEN dc.email
					ELSE coalesce(dedicated.email, a.email)
				END AS address,
				a.deleted_at <= instant AS account_gone
			FROM delivery_choices dc
			LEFT JOIN accounts a ON a.id = dc.account_id
			LEFT JOIN delivery_addresses dedicated
				ON dedicated.account_id = dc.account_id AND dedicated.email = dc.email
				AND dedicated.confirmed_at <= instant
			WHERE dc.company_id = c.company_id AND dc.contract_id = c.id AND dc.chosen_at <= instant
			ORDER BY dc.chosen_at DESC, dc.id DESC
			LIMIT 1
		) choice ON true
		LEFT JOIN LATERAL active_mandate(c.company_id, c.id, c.holder_id,
			(instant AT TIME ZONE 'Europe/Rome')::date) active ON true
		LEFT JOIN LATERAL discount_on(c.company_id, c.commodity,
			(instant AT TIME ZONE 'Europe/Rome')::date) discount ON true
		CROSS JOIN LATERAL (
			SELECT CASE
				WHEN choice.id IS NULL THEN 'no_choice'
				WHEN choice.origin = 'account_deleted' OR choice.account_gone THEN 'account_deleted'
				WHEN choice.origin IN ('holder_changed', 'removed') THEN 'no_choice'
				WHEN choice.mode = 'paper' THEN 'chosen'
				WHEN active.id IS NULL AND EXISTS (
					SELECT FROM mandates m
					WHERE m.company_id = c.company_id AND m.contract_id = c.id AND m.holder_id = c.holder_id
						AND m.until <= (instant AT TIME ZONE 'Europe/Rome')::date
				) THEN 'mandate_ended'
				WHEN active.id IS NULL THEN 'no_mandate'
				WHEN EXISTS (
					SELECT FROM address_suspensions s
					WHERE s.email = choice.address AND s.suspended_at <= instant
						AND (s.lifted_at IS NULL OR s.lifted_at > instant)
				) THEN 'address_suspended'
				ELSE 'chosen'
			END AS reason
		) verdict
		WHERE c.company_id = company
			AND (
				c.id = ANY (contracts_asked)
				OR contracts_asked IS NULL
				AND c.starts_on <= (instant AT TIME ZONE 'Europe/Rome')::date
				AND (c.ends_on IS NULL OR c.ends_on >= (instant AT TIME ZONE 'Europe/Rome')::date)
			)
	) judged
$$;
--> statement-breakpoint
-- R11: the company's first cut-off at or after an instant, by its calendar (Europe/Rome), unless the
-- operators have opened a run for another time; a cut-off whose run was cancelled is passed over.
CREATE FUNCTION "next_cut_off"("company" smallint, "instant" timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT least(
		(SELECT min(r.cut_off_at) FROM invoicing_runs r
			WHERE r.company_id = company AND r.state = 'scheduled' AND r.cut_off_at >= instant),
		(SELECT min(calendar.cut_off_at)
			FROM companies co
			CROSS JOIN LATERAL generate_series(0, 12) months
			CROSS JOIN LATERAL (
				SELECT ((date_trunc('month', instant AT TIME ZONE 'Europe/Rome')
					+ make_interval(months => months, days => co.cut_off_day - 1, hours => co.cut_off_hour))
					AT TIME ZONE 'Europe/Rome') AS cut_off_at
			) calendar
			WHERE co.id = company AND calendar.cut_off_at >= instant
				AND NOT EXISTS (SELECT FROM invoicing_runs r WHERE r.company_id = company
					AND date_trunc('month', r.cut_off_at AT TIME ZONE 'Europe/Rome')
						= date_trunc('month', calendar.cut_off_at AT TIME ZONE 'Europe/Rome')))
	)
$$;
