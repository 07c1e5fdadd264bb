import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { findCompany } from "@/lib/companies/queries";
import { NotFoundError } from "@/lib/errors";
import { getImport, type ImportSummary } from "@/lib/imports/queries";
import type { Caller } from "./authenticate";
import { ProblemError } from "./problem";

interface By {
  ctx: Context<SystemActor>;
  caller: Caller;
}

/**
 * The company that a call is about: the one it names, else the only one of its key.
 * @throws {NotFoundError} if there is none such, or not for this key: the two look alike
 */
export async function companyOfCall(
  { ctx, caller }: By,
  slug: string | undefined,
): Promise<{ id: number; slug: string }> {
  const asked = slug ?? caller.company?.slug;
  if (asked === undefined) {
    throw new ProblemError(
      "invalid_request",
      "Say which company with the parameter company; the key is of all.",
    );
  }
  const company =
    caller.company === null || caller.company.slug === asked
      ? await findCompany(ctx.db, asked)
      : null;
  if (!company) {
    throw new NotFoundError(`company "${asked}"`);
  }
  return company;
}

/**
 * An import that the call may see.
 * @throws {NotFoundError} if there is none such, or not for this key
 */
export async function importOfCall({ ctx, caller }: By, id: string): Promise<ImportSummary> {
  const found = await getImport(ctx, id).catch((error: unknown) => {
    if (error instanceof NotFoundError) {
      return null;
    }
    throw error;
  });
  if (!found || (caller.company !== null && caller.company.id !== found.companyId)) {
    throw new NotFoundError(`import ${id}`);
  }
  return found;
}
