import { sql } from "drizzle-orm";
import { staff } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { addCompany } from "@/lib/companies/commands";
import { listCompanies } from "@/lib/companies/queries";
import type { NewCompany } from "@/lib/companies/schema";
import { fail, ok, type Result } from "@/lib/errors";
import { DEFAULT_LANGUAGE } from "@/lib/i18n/languages";
import { inviteStaff } from "./invite-staff";

/** The first company and the first person of an installation. */
export interface Installation {
  company: NewCompany;
  admin: { name: string; email: string };
  /** Return the link by which the admin chooses a password, instead of mailing it. */
  showLink: boolean;
}

/** Any fixed number: of two that set up at once the second finds what the first did. */
const LOCK = 7_304_115;

/** Whether nobody has set anything up yet: no company, and nobody under /staff. */
export async function isEmpty(ctx: Context<SystemActor>): Promise<boolean> {
  return (await listCompanies(ctx.db)).length === 0 && (await ctx.db.$count(staff)) === 0;
}

/**
 * Sets an empty installation up, whole or not at all: its company with brand, calendar, discounts and sender, and its
 * first admin, who chooses a password by a link. One that is not empty stays as it is. Audited (R30).
 */
export async function setUp(
  ctx: Context<SystemActor>,
  { company, admin, showLink }: Installation,
): Promise<Result<{ token: string | null }, "not_empty">> {
  return await inTransaction(ctx, async (tx) => {
    await tx.db.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    if (!(await isEmpty(tx))) {
      return fail("not_empty");
    }
    const added = await addCompany(tx, company);
    const invited = await inviteStaff(tx, {
      ...admin,
      role: "admin",
      language: DEFAULT_LANGUAGE,
      showLink,
    });
    if (!added.ok || !invited.ok) {
      throw new Error("an empty installation took no company or no admin");
    }
    return ok({ token: invited.value.token });
  });
}
