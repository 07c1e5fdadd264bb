CREATE TABLE "emission_factors" (
	"company_id" smallint NOT NULL,
	"commodity" text NOT NULL,
	"valid_from" date NOT NULL,
	"grams_per_unit" integer NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "emission_factors_company_id_commodity_valid_from_pk" PRIMARY KEY("company_id","commodity","valid_from"),
	CONSTRAINT "emission_factors_grams_in_range" CHECK ("emission_factors"."grams_per_unit" between 0 and 10000)
);
--> statement-breakpoint
ALTER TABLE "emission_factors" ADD CONSTRAINT "emission_factors_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Everybody may see them.
ALTER TABLE "emission_factors" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "emission_factors" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "emission_factors" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "emission_factors" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "see" ON "emission_factors" FOR SELECT TO sportello_web USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "emission_factors" TO sportello_worker;
--> statement-breakpoint
GRANT SELECT ON "emission_factors" TO sportello_web;
