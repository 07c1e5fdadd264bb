-- All at once: whoever reads lines waits, and then finds them under the name they had.
LOCK TABLE bill_lines;
--> statement-breakpoint
INSERT INTO bill_line_sets (company_id, contract_id, document_id, lines)
	SELECT company_id, contract_id, document_id, jsonb_agg(
		jsonb_build_array(line_number, section, description, quantity, unit, unit_price_eur, amount_cents)
		ORDER BY line_number)
	FROM bill_lines GROUP BY company_id, contract_id, document_id;
--> statement-breakpoint
-- What a revert would bring back.
UPDATE import_before SET before = jsonb_set(before, '{lines}', coalesce((
	SELECT jsonb_agg(jsonb_build_array(l -> 'line_number', l -> 'section', l -> 'description', l -> 'quantity', l -> 'unit',
		l -> 'unit_price_eur', l -> 'amount_cents') ORDER BY (l ->> 'line_number')::int)
	FROM jsonb_array_elements(before -> 'lines') l), 'null'));
--> statement-breakpoint
DROP TABLE "bill_lines" CASCADE;
--> statement-breakpoint
CREATE VIEW bill_lines WITH (security_invoker = true) AS
	SELECT s.company_id, s.contract_id, s.document_id, (line ->> 0)::integer AS line_number, line ->> 1 AS section,
		line ->> 2 AS description, (line ->> 3)::numeric AS quantity, line ->> 4 AS unit,
		(line ->> 5)::numeric AS unit_price_eur, (line ->> 6)::integer AS amount_cents
	FROM bill_line_sets s CROSS JOIN LATERAL jsonb_array_elements(s.lines) line;
--> statement-breakpoint
GRANT SELECT ON bill_lines TO sportello_web, sportello_worker;
