import { and, asc, eq, sql } from "drizzle-orm";
import {
  accounts,
  consumptionAlerts,
  contracts,
  customerTokens,
  holders,
  secondFactors,
  selfReadingPhotos,
  selfReadings,
  sessions,
  supportCases,
} from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { visibleSelfReadings } from "@/lib/consumption/scope";
import { NotFoundError } from "@/lib/errors";
import { visibleCases } from "@/lib/support/scope";
import { ownAccount, ownCustomerTokens, ownFactors } from "../../scope";
import type { Ctx } from "./pages";

/**
 * Who the actor is here, with the whole tax id, and where they signed in; no secret of any kind.
 * @throws {NotFoundError} for an account that lives no more
 */
export async function ownIdentity(ctx: Ctx) {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [identity] = await db
      .select({
        name: holders.name,
        taxId: holders.taxId,
        vatNumber: holders.vatNumber,
        email: accounts.email,
        language: accounts.language,
        registeredAt: accounts.createdAt,
      })
      .from(accounts)
      .innerJoin(holders, eq(holders.id, accounts.holderId))
      .where(ownAccount(actor));
    if (!identity) {
      throw new NotFoundError("account");
    }
    const [factor] = await db
      .select({ since: secondFactors.confirmedAt })
      .from(secondFactors)
      .where(sql`${ownFactors(actor)} and ${secondFactors.confirmedAt} is not null`);
    const programs = await db
      .select({
        name: customerTokens.name,
        purpose: customerTokens.purpose,
        createdAt: customerTokens.createdAt,
        lastUsedAt: customerTokens.lastUsedAt,
        revokedAt: customerTokens.revokedAt,
      })
      .from(customerTokens)
      .where(ownCustomerTokens(actor))
      .orderBy(asc(customerTokens.createdAt));
    const alerts = await db
      .select({
        contractNumber: contracts.contractNumber,
        thresholdPercent: consumptionAlerts.thresholdPercent,
        since: consumptionAlerts.since,
      })
      .from(consumptionAlerts)
      .innerJoin(
        contracts,
        and(
          eq(contracts.companyId, consumptionAlerts.companyId),
          eq(contracts.id, consumptionAlerts.contractId),
        ),
      )
      .where(eq(consumptionAlerts.accountId, actor.accountId))
      .orderBy(asc(contracts.contractNumber));
    const readings = await db
      .select({
        contractNumber: selfReadings.contractNumber,
        readOn: selfReadings.readOn,
        countThousandths: selfReadings.countThousandths,
        receiptCode: selfReadings.receiptCode,
        submittedAt: selfReadings.submittedAt,
        state: selfReadings.state,
        refusal: selfReadings.refusal,
        /** The picture itself is on the receipt's page. */
        photoAddedAt: selfReadingPhotos.addedAt,
      })
      .from(selfReadings)
      .leftJoin(
        selfReadingPhotos,
        and(
          eq(selfReadingPhotos.companyId, selfReadings.companyId),
          eq(selfReadingPhotos.contractId, selfReadings.contractId),
          eq(selfReadingPhotos.readingId, selfReadings.id),
        ),
      )
      .where(visibleSelfReadings(actor))
      .orderBy(asc(selfReadings.submittedAt));
    const written = await db
      .select({
        kind: supportCases.kind,
        caseCode: supportCases.caseCode,
        receivedAt: supportCases.receivedAt,
        phone: supportCases.phone,
        message: supportCases.message,
        answer: supportCases.answer,
        answeredAt: supportCases.answeredAt,
      })
      .from(supportCases)
      .where(visibleCases(actor))
      .orderBy(asc(supportCases.receivedAt));
    const signIns = await db
      .select({
        signedInAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
        expiresAt: sessions.expiresAt,
        endedAt: sessions.endedAt,
        browser: sessions.userAgent,
      })
      .from(sessions)
      .where(eq(sessions.accountId, actor.accountId))
      .orderBy(asc(sessions.createdAt));
    return {
      ...identity,
      secondFactor: { on: factor !== undefined, since: factor?.since ?? null },
      sessions: signIns,
      tokens: programs,
      alerts,
      selfReadings: readings,
      complaintsAndQuestions: written,
    };
  });
}
