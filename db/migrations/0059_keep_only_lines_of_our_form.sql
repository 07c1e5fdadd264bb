-- NOT VALID: 0057 wrote what is there in this form, and nobody waits for a look at a million bills.
ALTER TABLE "bill_line_sets" ADD CONSTRAINT "bill_line_sets_begin_and_end_with_lines" CHECK ((jsonb_array_length("bill_line_sets"."lines" -> 0), jsonb_array_length("bill_line_sets"."lines" -> -1),
        jsonb_typeof("bill_line_sets"."lines" #> '{0,0}'), jsonb_typeof("bill_line_sets"."lines" #> '{0,6}'),
        jsonb_typeof("bill_line_sets"."lines" #> '{-1,0}'), jsonb_typeof("bill_line_sets"."lines" #> '{-1,6}'))
        is not distinct from (7, 7, 'number', 'number', 'number', 'number')) NOT VALID;
