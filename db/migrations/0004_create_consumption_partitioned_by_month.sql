CREATE TABLE "daily_consumption" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"local_day" date NOT NULL,
	"revision" integer NOT NULL,
	"total" integer NOT NULL,
	"f1" integer,
	"f2" integer,
	"f3" integer,
	"bands_measured" boolean DEFAULT false NOT NULL,
	"intervals" smallint NOT NULL,
	"estimated" smallint NOT NULL,
	"missing" smallint NOT NULL,
	"peak" integer,
	CONSTRAINT "daily_consumption_pk" PRIMARY KEY("company_id","contract_id","direction","local_day")
) PARTITION BY RANGE ("local_day");
--> statement-breakpoint
CREATE TABLE "load_profiles" (
	"company_id" smallint NOT NULL,
	"contract_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"local_day" date NOT NULL,
	"revision" integer NOT NULL,
	"interval_minutes" smallint NOT NULL,
	"intervals" integer[] NOT NULL,
	"quality" text NOT NULL,
	"source" text NOT NULL,
	"received_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "load_profiles_pk" PRIMARY KEY("company_id","contract_id","direction","local_day","revision"),
	CONSTRAINT "load_profiles_quality_per_interval" CHECK (length("load_profiles"."quality") = cardinality("load_profiles"."intervals"))
) PARTITION BY RANGE ("local_day");
--> statement-breakpoint
-- Partitions are made on demand by whoever loads readings; only the owner may create tables.
CREATE FUNCTION "ensure_consumption_months"("from_day" date, "to_day" date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
	month date := date_trunc('month', from_day)::date;
	parent text;
BEGIN
	IF to_day - from_day > 36600 THEN
		RAISE EXCEPTION 'more than a hundred years of consumption asked for';
	END IF;
	WHILE month <= to_day LOOP
		FOREACH parent IN ARRAY ARRAY['load_profiles', 'daily_consumption'] LOOP
			IF to_regclass(format('public.%I', parent || to_char(month, '_YYYYMM'))) IS NULL THEN
				-- Two importers at once: the second waits here and then finds the table.
				PERFORM pg_advisory_xact_lock(hashtext('ensure_consumption_months'));
				EXECUTE format(
					'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
					parent || to_char(month, '_YYYYMM'), parent, month, (month + interval '1 month')::date);
			END IF;
		END LOOP;
		month := (month + interval '1 month')::date;
	END LOOP;
END $$;
