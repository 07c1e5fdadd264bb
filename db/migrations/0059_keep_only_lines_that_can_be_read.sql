-- NOT VALID: 0057 wrote what is there out of columns that had these types, and nobody waits for a look at a million bills.
ALTER TABLE "bill_line_sets" ADD CONSTRAINT "bill_line_sets_hold_readable_lines" CHECK (not jsonb_path_exists("bill_line_sets"."lines", 'strict $[*] ? (@.type() != "array" || @.size() != 7
        || @[0].type() != "number" || @[1].type() != "string" || @[2].type() != "string"
        || @[3].type() == "string" || @[5].type() == "string" || @[6].type() != "number")')) NOT VALID;
