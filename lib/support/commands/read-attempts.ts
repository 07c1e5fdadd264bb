import { type SQL, sql } from "drizzle-orm";
import { maskCode, maskEmail, maskTaxId } from "@/lib/accounts/rules";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import {
  ASK_AGAIN_DAYS,
  type AttemptOutcome,
  type AttemptTrait,
  assertMayHelpCustomers,
} from "../rules";

const PER_PAGE = 50;

/** An attempt to register, as staff may see it: of tax id, code and e-mail the ends only (R3). */
export interface Attempt {
  id: string;
  at: Date;
  companyName: string;
  taxId: string;
  customerCode: string;
  email: string;
  outcome: AttemptOutcome;
  /** The contract that was found; null where none was. */
  contractNumber: string | null;
  /** Whether its confirmation can be sent again. */
  waits: boolean;
}

export interface AttemptsChoice {
  /** Slug. */
  company?: string;
  outcome?: AttemptOutcome;
  /** Only those that share the trait `by` with this one. */
  like?: string;
  by?: AttemptTrait;
  after?: string;
}

/**
 * Attempts to register with their reasons, the latest first (R3). Reading those of one person is audited (R30).
 * @throws {ForbiddenError} for a role we do not know
 */
export async function readAttempts(
  ctx: Context<StaffActor>,
  choice: AttemptsChoice,
): Promise<{ attempts: Attempt[]; next: string | null }> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "read attempts");
    const rows = await tx.db.execute<
      Record<string, unknown> & Omit<Attempt, "at"> & { ms: number }
    >(
      sql`
        select s.id, (extract(epoch from s.created_at) * 1000)::float8 as ms, co.name as "companyName",
          s.tax_id as "taxId", s.customer_code as "customerCode", s.email, s.outcome,
          c.contract_number as "contractNumber", ${WAITS} as waits
        from signup_attempts s
        join companies co on co.id = s.company_id
        left join contracts c on c.company_id = s.company_id and c.id = s.contract_id
        where ${sql.join(conditions(choice), sql` and `)}
        order by s.id desc limit ${PER_PAGE + 1}`,
    );
    const attempts = rows.slice(0, PER_PAGE).map(({ ms, ...row }) => ({
      ...row,
      at: new Date(ms),
      taxId: maskTaxId(row.taxId),
      customerCode: maskCode(row.customerCode),
      email: maskEmail(row.email),
    }));
    if (choice.like && choice.by) {
      await recordAudit(tx, {
        action: "read_attempts",
        subjectKind: "signup_attempt",
        subjectId: choice.like,
        detail: { by: choice.by, found: attempts.length },
      });
    }
    return { attempts, next: rows.length > PER_PAGE ? (attempts.at(-1)?.id ?? null) : null };
  });
}

/** Matched, not confirmed, and of somebody whose e-mail is still known. */
export const WAITS = sql`(s.outcome = 'confirm' and s.email like '%@%'
  and s.created_at > clock_timestamp() - make_interval(days => ${ASK_AGAIN_DAYS}))`;

const COLUMNS: Record<AttemptTrait, SQL> = {
  email: sql`email`,
  tax_id: sql`tax_id`,
  customer_code: sql`customer_code`,
};

function conditions({ company, outcome, like, by, after }: AttemptsChoice): SQL[] {
  return [
    company ? sql`co.slug = ${company}` : sql`true`,
    ...(outcome ? [sql`s.outcome = ${outcome}`] : []),
    ...(like && by
      ? [
          sql`s.${COLUMNS[by]} = (select one.${COLUMNS[by]} from signup_attempts one where one.id = ${like})`,
        ]
      : []),
    ...(after ? [sql`s.id < ${after}`] : []),
  ];
}
