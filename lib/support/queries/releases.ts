import { type SQL, sql } from "drizzle-orm";
import { maskEmail } from "@/lib/accounts/rules";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { assertMayHelpCustomers, type ReleaseState, releaseState } from "../rules";

const PER_PAGE = 50;

/** A release of an account's contracts (R6), without its code. */
export interface Release {
  id: string;
  accountId: string;
  /** Of the account: its first letter and domain. */
  email: string;
  holderName: string;
  contractNumber: string;
  companyName: string;
  reason: string;
  startedById: string;
  startedBy: string;
  startedAt: Date;
  expiresAt: Date;
  wrongCodes: number;
  state: ReleaseState;
  finishedBy: string | null;
  finishedAt: Date | null;
}

/**
 * The releases, the latest first; `after` is the row before the page.
 * @throws {ForbiddenError} for a role we do not know
 */
export async function listReleases(
  ctx: Context<StaffActor>,
  { after }: { after?: string },
): Promise<{ releases: Release[]; next: string | null }> {
  const found = await releasesWhere(ctx, after ? sql`r.id < ${after}` : sql`true`, PER_PAGE + 1);
  const releases = found.slice(0, PER_PAGE);
  return { releases, next: found.length > PER_PAGE ? (releases.at(-1)?.id ?? null) : null };
}

/**
 * One release; null if there is none.
 * @throws {ForbiddenError} for a role we do not know
 */
export async function findRelease(ctx: Context<StaffActor>, id: string): Promise<Release | null> {
  const [release] = await releasesWhere(ctx, sql`r.id = ${id}`, 1);
  return release ?? null;
}

interface Row extends Record<string, unknown>, Omit<Release, "state"> {
  outcome: "released" | "cancelled" | null;
  startedAtMs: number;
  expiresAtMs: number;
  finishedAtMs: number | null;
}

async function releasesWhere(
  ctx: Context<StaffActor>,
  which: SQL,
  most: number,
): Promise<Release[]> {
  assertMayHelpCustomers(ctx.actor, "read releases");
  return await inTransaction(ctx, async ({ db }) => {
    const rows = await db.execute<Row>(sql`
      select r.id, r.account_id as "accountId", a.email, h.name as "holderName",
        c.contract_number as "contractNumber", co.name as "companyName", r.reason,
        r.started_by as "startedById", starter.name as "startedBy",
        (extract(epoch from r.started_at) * 1000)::float8 as "startedAtMs",
        (extract(epoch from r.expires_at) * 1000)::float8 as "expiresAtMs",
        r.wrong_codes as "wrongCodes", r.outcome, finisher.name as "finishedBy",
        (extract(epoch from r.finished_at) * 1000)::float8 as "finishedAtMs"
      from contract_releases r
      join accounts a on a.id = r.account_id
      join holders h on h.id = a.holder_id
      join companies co on co.id = r.company_id
      join contracts c on c.company_id = r.company_id and c.id = r.contract_id
      join staff starter on starter.id = r.started_by
      left join staff finisher on finisher.id = r.finished_by
      where ${which}
      order by r.id desc limit ${most}`);
    const now = new Date();
    return rows.map(({ outcome, startedAtMs, expiresAtMs, finishedAtMs, ...row }) => {
      const expiresAt = new Date(expiresAtMs);
      return {
        ...row,
        email: maskEmail(row.email),
        startedAt: new Date(startedAtMs),
        expiresAt,
        finishedAt: finishedAtMs === null ? null : new Date(finishedAtMs),
        state: releaseState({ outcome, wrongCodes: row.wrongCodes, expiresAt }, now),
      };
    });
  });
}
