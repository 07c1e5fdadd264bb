import { type SQL, sql } from "drizzle-orm";
import { compactCode } from "@/lib/accounts/rules";
import { normalizeTaxId } from "@/lib/accounts/tax-id";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { type AttemptTrait, assertMayHelpCustomers } from "../rules";

/**
 * The latest attempt to register with this e-mail, tax id or customer code, and which of them it is: the page
 * then shows all that share it, and its address tells neither (R3). Audited, without what was typed (R30).
 * @throws {ForbiddenError} for a role we do not know
 */
export async function findAttempts(
  ctx: Context<StaffActor>,
  { typed }: { typed: string },
): Promise<Result<{ like: string; by: AttemptTrait }, "none">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "search attempts");
    const [found] = await tx.db.execute<{ like: string; by: AttemptTrait }>(sql`
      select m.id as "like", m.by from (${matching(typed)}) m order by m.id desc limit 1`);
    await recordAudit(tx, {
      action: "searched_attempts",
      subjectKind: "signup_attempt",
      ...(found && { subjectId: found.like }),
      detail: { by: found?.by ?? null },
    });
    return found ? ok({ like: found.like, by: found.by }) : fail("none");
  });
}

/** Each part by an index of its own. */
function matching(typed: string): SQL {
  if (typed.includes("@")) {
    const email = typed.normalize("NFKC").toLowerCase();
    return sql`select id, 'email' as by from signup_attempts where email = ${email}`;
  }
  const compact = compactCode(typed);
  const codes = [...new Set([typed, typed.toUpperCase(), compact, compact.replace(/[.\-/]/g, "")])];
  return sql`
    select id, 'tax_id' as by from signup_attempts where tax_id = ${normalizeTaxId(typed)}
    union all
    select id, 'customer_code' from signup_attempts
    where customer_code in (${sql.join(
      codes.map((code) => sql`${code}`),
      sql`, `,
    )})`;
}
