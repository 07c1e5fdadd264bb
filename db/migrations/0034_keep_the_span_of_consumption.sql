CREATE TABLE "consumption_spans" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	CONSTRAINT "consumption_spans_pk" PRIMARY KEY("company_id","contract_id","direction")
);
