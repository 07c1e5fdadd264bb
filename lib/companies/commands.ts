import { companies, discounts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import type { NewCompany } from "./schema";

/** Adds a company of the group with its discounts (R13). */
export async function addCompany(
  ctx: Context<SystemActor>,
  { discounts: earned, ...company }: NewCompany,
): Promise<Result<{ id: number }, "slug_taken">> {
  return await inTransaction(ctx, async (tx) => {
    const [added] = await tx.db
      .insert(companies)
      .values(company)
      .onConflictDoNothing()
      .returning({ id: companies.id });
    if (!added) {
      return fail("slug_taken");
    }
    if (earned.length > 0) {
      await tx.db
        .insert(discounts)
        .values(earned.map((discount) => ({ ...discount, companyId: added.id })));
    }
    await recordAudit(tx, {
      action: "added_company",
      companyId: added.id,
      subjectKind: "company",
      detail: { slug: company.slug, discounts: earned.length },
    });
    return ok(added);
  });
}
