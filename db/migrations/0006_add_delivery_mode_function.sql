-- R10, written once: the mode of a company's contracts at an instant. Null `contracts_asked` means
-- every contract that is active on that day. Used by the freeze, the panel, staff and tests.
CREATE FUNCTION "delivery_modes"("company" smallint, "contracts_asked" uuid[], "instant" timestamptz)
RETURNS TABLE (
	"contract_id" uuid, "mode" text, "email" text, "reason" text, "discount_cents" integer,
	"choice_id" uuid, "mandate_id" uuid
)
LANGUAGE sql STABLE AS $$
	SELECT
		judged.contract_id,
		CASE WHEN judged.electronic THEN 'electronic' ELSE 'paper' END,
		CASE WHEN judged.electronic THEN judged.address END,
		judged.reason,
		CASE WHEN judged.electronic THEN coalesce(judged.discount_cents, 0) ELSE 0 END,
		judged.choice_id,
		judged.mandate_id
	FROM (
		SELECT
			c.id AS contract_id,
			choice.id AS choice_id,
			active.id AS mandate_id,
			choice.address,
			discount.amount_cents AS discount_cents,
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
		LEFT JOIN LATERAL (
			SELECT m.id
			FROM mandates m
			WHERE m.company_id = c.company_id AND m.contract_id = c.id
				AND m.status IN ('active', 'revoked', 'expired')
				AND m.since <= (instant AT TIME ZONE 'Europe/Rome')::date
				AND (m.until IS NULL OR (instant AT TIME ZONE 'Europe/Rome')::date < m.until)
			ORDER BY m.since DESC, m.id DESC
			LIMIT 1
		) active ON true
		LEFT JOIN LATERAL (
			SELECT d.amount_cents
			FROM discounts d
			WHERE d.company_id = c.company_id AND d.commodity = c.commodity
				AND d.valid_from <= (instant AT TIME ZONE 'Europe/Rome')::date
				AND (d.valid_until IS NULL OR (instant AT TIME ZONE 'Europe/Rome')::date < d.valid_until)
			ORDER BY d.valid_from DESC
			LIMIT 1
		) discount ON true
		CROSS JOIN LATERAL (
			SELECT CASE
				WHEN choice.id IS NULL THEN 'no_choice'
				WHEN choice.origin = 'account_deleted' OR choice.account_gone THEN 'account_deleted'
				WHEN choice.origin IN ('holder_changed', 'removed') THEN 'no_choice'
				WHEN choice.mode = 'paper' THEN 'chosen'
				WHEN active.id IS NULL AND EXISTS (
					SELECT FROM mandates m
					WHERE m.company_id = c.company_id AND m.contract_id = c.id
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
-- R11: the company's first cut-off after an instant, by its calendar (Europe/Rome), unless the
-- operators have opened a run for another time; a cut-off whose run was cancelled is passed over.
CREATE FUNCTION "next_cut_off"("company" smallint, "instant" timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT least(
		(SELECT min(r.cut_off_at) FROM invoicing_runs r
			WHERE r.company_id = company AND r.state = 'scheduled' AND r.cut_off_at > instant),
		(SELECT min(calendar.cut_off_at)
			FROM companies co
			CROSS JOIN LATERAL generate_series(0, 12) months
			CROSS JOIN LATERAL (
				SELECT ((date_trunc('month', instant AT TIME ZONE 'Europe/Rome')
					+ make_interval(months => months, days => co.cut_off_day - 1, hours => co.cut_off_hour))
					AT TIME ZONE 'Europe/Rome') AS cut_off_at
			) calendar
			WHERE co.id = company AND calendar.cut_off_at > instant
				AND NOT EXISTS (SELECT FROM invoicing_runs r WHERE r.company_id = company
					AND date_trunc('month', r.cut_off_at AT TIME ZONE 'Europe/Rome')
						= date_trunc('month', calendar.cut_off_at AT TIME ZONE 'Europe/Rome')))
	)
$$;
