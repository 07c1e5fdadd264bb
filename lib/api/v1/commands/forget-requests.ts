import { and, isNull, lt, sql } from "drizzle-orm";
import { apiDocuments, apiRequests } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { removeDocuments } from "@/lib/storage/document-storage";
import { DOCUMENTS_DAYS, REMEMBERED_HOURS } from "../rules";

/** Forgets Idempotency-Keys after their day, and ZIP files that no import ever named. Repeatable. */
export async function forgetRequests(ctx: Context<SystemActor>): Promise<void> {
  const keys = await inTransaction(ctx, async ({ db }) => {
    await db
      .delete(apiRequests)
      .where(
        lt(
          apiRequests.createdAt,
          sql`clock_timestamp() - make_interval(hours => ${REMEMBERED_HOURS})`,
        ),
      );
    // The rows go first: nobody can name a ZIP whose file is going.
    return await db
      .delete(apiDocuments)
      .where(
        and(
          isNull(apiDocuments.importId),
          lt(
            apiDocuments.createdAt,
            sql`clock_timestamp() - make_interval(days => ${DOCUMENTS_DAYS})`,
          ),
        ),
      )
      .returning({ key: apiDocuments.storageKey });
  });
  await removeDocuments(keys.map(({ key }) => key));
}

/** `forget_api_requests`, every hour. */
export async function forgetApiRequestsJob(ctx: Context<SystemActor>): Promise<void> {
  await forgetRequests(ctx);
}
