import { and, asc, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { companies, contracts, staff, supportCases } from "@/db/schema";
import type { CustomerActor, StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { ANSWER_DAYS, assertMayHelpCustomers, PRESSING_DAYS } from "../rules";
import type { CaseKind } from "../schema";
import { visibleCases } from "../scope";

/** Cases of a customer's that a page lists. */
const MOST_OWN = 50;
const PER_PAGE = 100;

const listed = {
  id: supportCases.id,
  kind: supportCases.kind,
  caseCode: supportCases.caseCode,
  receivedAt: supportCases.receivedAt,
  answeredAt: supportCases.answeredAt,
  companyName: companies.name,
  commodity: supportCases.commodity,
  topic: supportCases.topic,
  contractNumber: contracts.contractNumber,
};

const ofContract = and(
  eq(contracts.companyId, supportCases.companyId),
  eq(contracts.id, supportCases.contractId),
);

export type OwnCase = Awaited<ReturnType<typeof listOwnCases>>[number];

/** What the actor's account sent, newest first (R28). */
export async function listOwnCases(ctx: Context<CustomerActor>, { kind }: { kind: CaseKind }) {
  return await inTransaction(
    ctx,
    async ({ db, actor }) =>
      await db
        .select(listed)
        .from(supportCases)
        .innerJoin(companies, eq(companies.id, supportCases.companyId))
        .leftJoin(contracts, ofContract)
        .where(and(visibleCases(actor), eq(supportCases.kind, kind)))
        .orderBy(desc(supportCases.receivedAt))
        .limit(MOST_OWN),
  );
}

export type SupportCase = NonNullable<Awaited<ReturnType<typeof findCase>>>;

/**
 * A complaint or question with its words and its answer, for whoever may see it (R28); else null. Who answered is
 * for staff alone.
 */
export async function findCase(ctx: Context, id: string) {
  if (!isUuid(id)) {
    return null;
  }
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [found] = await db
      .select({
        ...listed,
        language: supportCases.language,
        accentColor: companies.accentColor,
        supportPhone: companies.supportPhone,
        accountId: supportCases.accountId,
        name: supportCases.name,
        email: supportCases.email,
        postalAddress: supportCases.postalAddress,
        phone: supportCases.phone,
        customerCode: supportCases.customerCode,
        message: supportCases.message,
        answer: supportCases.answer,
        answeredBy: actor.kind === "staff" ? staff.name : sql<string | null>`null`,
      })
      .from(supportCases)
      .innerJoin(companies, eq(companies.id, supportCases.companyId))
      .leftJoin(contracts, ofContract)
      .leftJoin(staff, eq(staff.id, supportCases.answeredBy))
      .where(and(eq(supportCases.id, id), visibleCases(actor)));
    return found ?? null;
  });
}

export type ListedCase = Awaited<ReturnType<typeof listCases>>["cases"][number];

/**
 * What waits for an answer, the oldest first, or what was answered, the latest first; `after` is the row before
 * the page.
 * @throws {ForbiddenError} for a role we do not know
 */
export async function listCases(
  ctx: Context<StaffActor>,
  { kind, answered, after }: { kind: CaseKind; answered: boolean; after?: string },
) {
  assertMayHelpCustomers(ctx.actor, "read cases");
  return await inTransaction(ctx, async ({ db, actor }) => {
    const column = answered ? supportCases.answeredAt : supportCases.receivedAt;
    const past = answered
      ? sql`(${column}, ${supportCases.id}) < (select answered_at, id from support_cases where id = ${after})`
      : sql`(${column}, ${supportCases.id}) > (select received_at, id from support_cases where id = ${after})`;
    const found = await db
      .select({ ...listed, name: supportCases.name })
      .from(supportCases)
      .innerJoin(companies, eq(companies.id, supportCases.companyId))
      .leftJoin(contracts, ofContract)
      .where(
        and(
          visibleCases(actor),
          eq(supportCases.kind, kind),
          answered ? isNotNull(supportCases.answeredAt) : isNull(supportCases.answeredAt),
          after ? past : undefined,
        ),
      )
      .orderBy(
        answered ? desc(column) : asc(column),
        answered ? desc(supportCases.id) : asc(supportCases.id),
      )
      .limit(PER_PAGE + 1);
    const cases = found.slice(0, PER_PAGE);
    return { cases, next: found.length > PER_PAGE ? (cases.at(-1)?.id ?? null) : null };
  });
}

/**
 * Complaints without an answer: those whose 30 days are over, and those that have a week left.
 * @param today Europe/Rome
 * @throws {ForbiddenError} for a role we do not know
 */
export async function countPressing(
  ctx: Context<StaffActor>,
  today: string,
): Promise<{ overdue: number; pressing: number }> {
  assertMayHelpCustomers(ctx.actor, "read cases");
  return await inTransaction(ctx, async ({ db, actor }) => {
    const left = sql`(${supportCases.receivedAt} at time zone 'Europe/Rome')::date + ${ANSWER_DAYS}::int - ${today}::date`;
    const [row] = await db
      .select({
        overdue: sql<number>`(count(*) filter (where ${left} < 0))::int`,
        pressing: sql<number>`(count(*) filter (where ${left} between 0 and ${PRESSING_DAYS}))::int`,
      })
      .from(supportCases)
      .where(
        and(
          visibleCases(actor),
          eq(supportCases.kind, "complaint"),
          isNull(supportCases.answeredAt),
        ),
      );
    return row ?? { overdue: 0, pressing: 0 };
  });
}
