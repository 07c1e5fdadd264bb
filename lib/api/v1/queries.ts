import { desc, eq } from "drizzle-orm";
import { apiKeys, companies } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";

/** Every key that there is or was, the newest first; never what it is called with. */
export async function listKeys({ db }: Context<SystemActor>) {
  return await db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      company: companies.slug,
      scopes: apiKeys.scopes,
      createdBy: apiKeys.createdBy,
      createdAt: apiKeys.createdAt,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .leftJoin(companies, eq(companies.id, apiKeys.companyId))
    .orderBy(desc(apiKeys.id));
}
