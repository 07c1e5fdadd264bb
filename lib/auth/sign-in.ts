import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { recordAudit } from "@/lib/audit/commands";
import { isLanguage } from "@/lib/i18n/languages";
import type { CustomerActor, StaffActor, StaffRole, VisitorActor } from "./actor";
import { type Context, inTransaction } from "./context";
import { verifyPassword } from "./password";
import { openSession } from "./sessions";

interface Credentials {
  email: string;
  password: string;
  userAgent: string | null;
}

export interface SignedIn {
  id: string;
  token: string;
}

/** Checks a customer's e-mail and password and opens a session; null for any wrong pair. */
export async function signInCustomer(
  ctx: Context<VisitorActor>,
  { email, password, userAgent }: Credentials,
): Promise<SignedIn | null> {
  const [found] = await ctx.db.execute<{
    account_id: string;
    holder_id: string;
    password_hash: string;
    language: string;
  }>(sql`select * from login_candidate(${email})`);
  if (!(await verifyPassword(found?.password_hash, password)) || !found) {
    return null;
  }
  const actor: CustomerActor = {
    kind: "customer",
    accountId: found.account_id,
    holderId: found.holder_id,
    sessionId: uuidv7(),
    email,
    language: isLanguage(found.language) ? found.language : "it",
  };
  return { id: actor.accountId, token: await open(ctx, actor, userAgent) };
}

/** The same for staff, who have a table of their own. */
export async function signInStaff(
  ctx: Context<VisitorActor>,
  { email, password, userAgent }: Credentials,
): Promise<SignedIn | null> {
  const [found] = await ctx.db.execute<{
    staff_id: string;
    role: StaffRole;
    password_hash: string;
  }>(sql`select * from staff_login_candidate(${email})`);
  if (!(await verifyPassword(found?.password_hash, password)) || !found) {
    return null;
  }
  const actor: StaffActor = {
    kind: "staff",
    staffId: found.staff_id,
    sessionId: uuidv7(),
    role: found.role,
    name: "",
    email,
  };
  return { id: actor.staffId, token: await open(ctx, actor, userAgent) };
}

function open(
  ctx: Context<VisitorActor>,
  actor: CustomerActor | StaffActor,
  userAgent: string | null,
): Promise<string> {
  return inTransaction({ db: ctx.db, actor }, async (tx) => {
    const token = await openSession(tx, userAgent);
    await recordAudit(tx, {
      action: "signed_in",
      subjectKind: "session",
      subjectId: actor.sessionId,
    });
    return token;
  });
}
