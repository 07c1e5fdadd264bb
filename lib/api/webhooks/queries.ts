import { asc, eq, isNull, sql } from "drizzle-orm";
import { companies, webhookDeliveries, webhookEndpoints } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";

/** How many of an endpoint's deliveries of the last 30 days are such. */
const counted = (condition: ReturnType<typeof sql>) =>
  sql<number>`count(*) filter (where ${webhookDeliveries.id} is not null and ${condition})::int`;

/** Every endpoint with how its deliveries of the last 30 days went. */
export async function listEndpoints({ db }: Context<SystemActor>) {
  return await db
    .select({
      id: webhookEndpoints.id,
      url: webhookEndpoints.url,
      company: companies.slug,
      events: webhookEndpoints.events,
      createdAt: webhookEndpoints.createdAt,
      delivered: counted(sql`${webhookDeliveries.deliveredAt} is not null`),
      waiting: counted(
        sql`${webhookDeliveries.deliveredAt} is null and ${webhookDeliveries.givenUpAt} is null`,
      ),
      givenUp: counted(sql`${webhookDeliveries.givenUpAt} is not null`),
      lastFailure: sql<string | null>`(array_agg(${webhookDeliveries.lastAnswer}
        order by ${webhookDeliveries.id} desc) filter (where ${webhookDeliveries.deliveredAt} is null
          and ${webhookDeliveries.lastAnswer} is not null))[1]`,
    })
    .from(webhookEndpoints)
    .leftJoin(companies, eq(companies.id, webhookEndpoints.companyId))
    .leftJoin(webhookDeliveries, eq(webhookDeliveries.endpointId, webhookEndpoints.id))
    .where(isNull(webhookEndpoints.removedAt))
    .groupBy(webhookEndpoints.id, companies.slug)
    .orderBy(asc(webhookEndpoints.id));
}
