import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { recordAudit } from "@/lib/audit/commands";
import { ok } from "@/lib/errors";
import { isLanguage } from "@/lib/i18n/languages";
import {
  type CustomerActor,
  loginOf,
  type StaffActor,
  type StaffRole,
  type VisitorActor,
} from "./actor";
import { type Context, inTransaction } from "./context";
import { type Attempt, forgetAttempts, giveBack, takeAttempt, undoAttempt } from "./limits";
import { unlessBusy, verifyPassword } from "./password";
import { type Awaiting, openSession } from "./sessions";
import { knownDevice } from "./token";

/** From where somebody asks; never written down, counted under keyed hashes only. */
export interface Client {
  ip: string;
  /** The device cookie as it came. */
  device: string | null;
  userAgent: string | null;
}

interface Credentials {
  email: string;
  password: string;
  client: Client;
}

interface SignedIn {
  /** For the cookie. */
  token: string;
  /** What is still missing before the session opens anything. */
  awaiting: Awaiting | null;
}

type SignInRefusal =
  | { code: "wrong" | "busy" }
  /** Too many wrong tries of this e-mail or from this address. */
  | { code: "wait"; seconds: number };

type SignIn = { ok: true; value: SignedIn } | ({ ok: false } & SignInRefusal);

interface Candidate {
  passwordHash: string | null;
  actor: CustomerActor | StaffActor;
}

/**
 * Checks a customer's e-mail and password and opens a session, which waits for a code where a second factor
 * is set. The same answer after the same work for a wrong e-mail and a wrong password; after some wrong
 * ones a delay that grows, which holds up no browser that the account knows.
 */
export async function signInCustomer(
  ctx: Context<VisitorActor>,
  credentials: Credentials,
): Promise<SignIn> {
  return await signIn(ctx, "customer", credentials, async ({ email }) => {
    const [found] = await ctx.db.execute<{
      account_id: string;
      holder_id: string;
      password_hash: string;
      language: string;
    }>(sql`select * from login_candidate(${email})`);
    return found
      ? {
          passwordHash: found.password_hash,
          actor: {
            kind: "customer",
            accountId: found.account_id,
            holderId: found.holder_id,
            sessionId: uuidv7(),
            email,
            language: isLanguage(found.language) ? found.language : "it",
          },
        }
      : null;
  });
}

/** The same for staff, who have a table of their own and must have a second factor. */
export async function signInStaff(
  ctx: Context<VisitorActor>,
  credentials: Credentials,
): Promise<SignIn> {
  return await signIn(ctx, "staff", credentials, async ({ email }) => {
    const [found] = await ctx.db.execute<{
      staff_id: string;
      role: StaffRole;
      password_hash: string | null;
    }>(sql`select * from staff_login_candidate(${email})`);
    return found
      ? {
          passwordHash: found.password_hash,
          actor: {
            kind: "staff",
            staffId: found.staff_id,
            sessionId: uuidv7(),
            role: found.role,
            name: "",
            email,
          },
        }
      : null;
  });
}

async function signIn(
  ctx: Context<VisitorActor>,
  kind: "customer" | "staff",
  { email, password, client }: Credentials,
  findCandidate: (given: { email: string }) => Promise<Candidate | null>,
): Promise<SignIn> {
  const attempts = attemptsOf(kind, email, client);
  const verdict = await takeAttempt(ctx.db, attempts);
  if (!verdict.allowed) {
    return { ok: false, code: "wait", seconds: verdict.waitSeconds };
  }
  const candidate = await findCandidate({ email });
  const right = await unlessBusy(verifyPassword(candidate?.passwordHash, password));
  if (!right.ok) {
    await undoAttempt(ctx.db, verdict.taken);
    return { ok: false, code: "busy" };
  }
  if (!right.value || !candidate) {
    await auditRefusal(ctx, candidate);
    return { ok: false, code: "wrong" };
  }
  const opened = await openFor(ctx, candidate, kind, client.userAgent);
  if (!opened) {
    await auditRefusal(ctx, candidate);
    return { ok: false, code: "wrong" };
  }
  // Whoever has the password is not guessing it; the address's count is only given back.
  await forgetAttempts(ctx.db, attempts.slice(0, 1));
  await giveBack(ctx.db, attempts.slice(1));
  return ok(opened);
}

/** The session, if the password that was compared is still the login's: a change at once waits, or wins. */
async function openFor(
  { db }: Context<VisitorActor>,
  { actor, passwordHash }: Candidate,
  kind: "customer" | "staff",
  userAgent: string | null,
): Promise<SignedIn | null> {
  return await inTransaction({ db, actor }, async (tx) => {
    const [login] = await tx.db.execute<{ same: boolean; second_factor: boolean }>(
      sql`select * from hold_login(${passwordHash})`,
    );
    if (!login?.same) {
      return null;
    }
    const awaiting = login.second_factor ? "code" : kind === "staff" ? "enrolment" : null;
    const token = await openSession(tx, { userAgent, awaiting });
    if (!awaiting) {
      await recordAudit(tx, {
        action: "signed_in",
        subjectKind: "session",
        subjectId: actor.sessionId,
      });
    }
    return { token, awaiting };
  });
}

/** What a try counts against; a browser that the account knows is apart from everybody else. */
function attemptsOf(
  kind: "customer" | "staff",
  email: string,
  client: Client,
): [Attempt, string][] {
  const device = knownDevice(email, client.device);
  return device
    ? [
        ["login_pair", `${kind} ${email} ${device}`],
        ["login_ip", client.ip],
      ]
    : [
        ["login_pair", `${kind} ${email} ${client.ip}`],
        ["login_account", `${kind} ${email}`],
        ["login_ip", client.ip],
      ];
}

/** Whoever has set a new password by a mailed link is the owner: nothing of before holds them up. */
export async function forgetLoginAttempts(
  { db }: Context<VisitorActor>,
  { kind, email, id }: { kind: "customer" | "staff"; email: string; id: string },
): Promise<void> {
  await forgetAttempts(db, [
    ["login_account", `${kind} ${email}`],
    ["code", `${id} `],
  ]);
}

/** In the log of whoever's account it is; of one that does not exist, the same row without a name. */
async function auditRefusal(
  ctx: Context<VisitorActor>,
  candidate: Candidate | null,
): Promise<void> {
  const actor = candidate?.actor;
  await inTransaction(ctx, (tx) =>
    recordAudit(tx, {
      action: "refused_sign_in",
      ...(actor ? loginOf(actor) : { subjectKind: "account" }),
      detail: { reason: "wrong_password" },
    }),
  );
}
