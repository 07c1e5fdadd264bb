ALTER TABLE "waiting_invoices" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "waiting_invoices" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_all" ON "waiting_invoices" TO CURRENT_USER USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_all" ON "waiting_invoices" TO sportello_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "waiting_invoices" TO sportello_worker;
--> statement-breakpoint
CREATE POLICY "operators_see" ON "waiting_invoices" FOR SELECT TO sportello_web
	USING (app_staff_role() IN ('operator', 'admin'));
--> statement-breakpoint
GRANT SELECT ON "waiting_invoices" TO sportello_web;
