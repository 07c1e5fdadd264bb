-- Days and corrections count by when they came: meters tell of a month in the middle of the next, and of a gap later still.
ALTER TABLE "consumption_alerts" ADD COLUMN "looked_at" timestamp with time zone;
