-- A customer's own secrets for programs (R28): the owner and the worker see all, each account its own.
ALTER TABLE "customer_tokens" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "customer_tokens" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "customer_tokens" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "customer_tokens" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "own" ON "customer_tokens" FOR ALL TO sportello_web
	USING (account_id = app_account()) WITH CHECK (account_id = app_account());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "customer_tokens" TO sportello_worker;
--> statement-breakpoint
-- No page reads a hash, and nothing of a token but its end can be changed.
GRANT SELECT (id, account_id, purpose, name, created_at, last_used_at, revoked_at), DELETE ON "customer_tokens" TO sportello_web;
--> statement-breakpoint
GRANT INSERT, UPDATE (revoked_at) ON "customer_tokens" TO sportello_web;
--> statement-breakpoint
-- Whose token this is; notes its use, at most once a minute. No row for one that is unknown, revoked, of another
-- purpose, or of an account that is gone.
CREATE FUNCTION "customer_token_actor"("hash" bytea, "wanted" text)
RETURNS TABLE ("token_id" uuid, "account_id" uuid, "holder_id" uuid, "email" text, "language" text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
BEGIN
	UPDATE customer_tokens t SET last_used_at = now()
	WHERE t.secret_hash = hash AND t.purpose = wanted AND t.revoked_at IS NULL
		AND (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute');
	RETURN QUERY
		SELECT t.id, a.id, a.holder_id, a.email, a.language
		FROM customer_tokens t JOIN accounts a ON a.id = t.account_id AND a.deleted_at IS NULL
		WHERE t.secret_hash = hash AND t.purpose = wanted AND t.revoked_at IS NULL;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "customer_token_actor"(bytea, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "customer_token_actor"(bytea, text) TO sportello_web;
