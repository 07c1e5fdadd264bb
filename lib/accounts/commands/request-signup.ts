import { v7 as uuidv7 } from "uuid";
import { signupAttempts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { withinLimits } from "@/lib/auth/limits";
import { hashPassword, unlessBusy } from "@/lib/auth/password";
import { isGuessable } from "@/lib/auth/password-strength";
import { findCompany } from "@/lib/companies/queries";
import { fail, ok, type Result } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { enqueue } from "@/lib/jobs/queue";
import { type CustomerCodeSlip, readCustomerCode } from "../rules";
import type { SignupInput } from "../schema";

export type SignupRefusal = CustomerCodeSlip | "companyMissing" | "passwordGuessable" | "busy";

/**
 * Takes down a registration and queues its match (R3). Nothing about tax ids, contracts or e-mails is
 * looked up here, and the work is the same for all, throttled or not: a refusal tells of a code's shape
 * only (R1), of a password that is guessed too soon, or that too many wait to be hashed.
 */
export async function requestSignup(
  ctx: Context<VisitorActor>,
  input: SignupInput & { language: Language; ip: string },
): Promise<Result<null, SignupRefusal>> {
  const company = await findCompany(ctx.db, input.company);
  if (!company) {
    return fail("companyMissing");
  }
  const customerCode = readCustomerCode(
    input.customerCode,
    company.customerCodePattern,
    input.billNumber,
  );
  if ("slip" in customerCode) {
    return fail(customerCode.slip);
  }
  if (await isGuessable(input.password, input.email)) {
    return fail("passwordGuessable");
  }
  const within = await withinLimits(ctx.db, [
    ["signup_tax_id", input.taxId],
    ["signup_email", input.email],
    ["signup_ip", input.ip],
    ["signup_all", "all"],
  ]);
  const hashed = await unlessBusy(hashPassword(input.password));
  if (!hashed.ok) {
    return hashed;
  }
  await inTransaction(ctx, async (tx) => {
    const id = uuidv7();
    await tx.db.insert(signupAttempts).values({
      id,
      companyId: company.id,
      taxId: input.taxId,
      customerCode: customerCode.code,
      billNumber: input.billNumber,
      email: input.email,
      // Hashed all the same; nothing of a throttled one will be used.
      passwordHash: within ? hashed.value : null,
      language: input.language,
      outcome: within ? "pending" : "throttled",
    });
    await enqueue(tx, "match_signup", { attemptId: id });
    await recordAudit(tx, {
      action: "asked_for_account",
      subjectKind: "signup_attempt",
      subjectId: id,
      companyId: company.id,
    });
  });
  return ok(null);
}
