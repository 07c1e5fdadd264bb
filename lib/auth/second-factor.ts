import { and, eq, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { recoveryCodes, secondFactors } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { fail, ok, type Result } from "@/lib/errors";
import { tellOfCredentials } from "@/lib/mail/tell-of-credentials";
import { type Actor, type CustomerActor, loginOf, ownerOf, type StaffActor } from "./actor";
import { type Context, inTransaction, type TxContext } from "./context";
import { type Attempt, forgetAttempts, takeAttempt } from "./limits";
import { seal, unseal } from "./sealed";
import { hashCode, hashCodes, sessionSecret } from "./token";
import { base32, compactSignInCode, newRecoveryCodes, totpStep, totpUri } from "./totp";

type Person = CustomerActor | StaffActor;

export type SecondFactor =
  | { state: "off" }
  | { state: "on"; since: Date; recoveryCodesLeft: number };

/** The one authenticator app that is the actor's own (R28). */
const own = (actor: Actor): SQL | undefined => {
  switch (actor.kind) {
    case "customer":
      return eq(secondFactors.accountId, actor.accountId);
    case "staff":
      return eq(secondFactors.staffId, actor.staffId);
    default:
      return sql`false`;
  }
};

/** How the actor's second factor stands. */
export async function findSecondFactor(ctx: Context<Person>): Promise<SecondFactor> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [factor] = await db
      .select({
        since: secondFactors.confirmedAt,
        recoveryCodesLeft: sql<number>`(select count(*)::int from recovery_codes c
          where c.second_factor_id = second_factors.id and c.used_at is null)`,
      })
      .from(secondFactors)
      .where(own(actor));
    return factor ? { state: "on", ...factor } : { state: "off" };
  });
}

/**
 * What is to be scanned to set one up: made from the session, so that it is in no row, the same however often
 * the page is opened, and worth nothing to whoever had another session open.
 */
export function offeredSecret({ sessionId, email }: Person): { secret: string; uri: string } {
  const secret = base32(sessionSecret(sessionId));
  return { secret, uri: totpUri(secret, email) };
}

/** Turns the second factor on with its first code; returns the recovery codes, shown only now. */
export async function confirmSecondFactor(
  ctx: Context<Person>,
  { code }: { code: string },
): Promise<Result<{ recoveryCodes: string[] }, "wrong_code">> {
  const { secret } = offeredSecret(ctx.actor);
  const lastStep = await totpStep(secret, compactSignInCode(code), null);
  if (lastStep === null) {
    return fail("wrong_code");
  }
  return await inTransaction(ctx, async (tx) => {
    const [factor] = await tx.db
      .insert(secondFactors)
      .values({ ...ownerOf(tx.actor), secret: seal(secret), lastStep })
      .onConflictDoNothing()
      .returning({ id: secondFactors.id });
    if (!factor) {
      // There is one already, set up elsewhere meanwhile: it stays.
      return fail("wrong_code");
    }
    const codes = await replaceRecoveryCodes(tx, factor.id);
    await audit(tx, "turned_on_second_factor");
    await tellOfCredentials(tx, "second-factor-changed", { change: "on" });
    return ok({ recoveryCodes: codes });
  });
}

/** New recovery codes in the place of all former ones; shown only now. */
export async function renewRecoveryCodes(
  ctx: Context<Person>,
): Promise<Result<{ recoveryCodes: string[] }, "off">> {
  return await inTransaction(ctx, async (tx) => {
    const [factor] = await tx.db
      .select({ id: secondFactors.id })
      .from(secondFactors)
      .where(own(tx.actor))
      .for("update");
    if (!factor) {
      return fail("off");
    }
    const codes = await replaceRecoveryCodes(tx, factor.id);
    await audit(tx, "renewed_recovery_codes");
    await tellOfCredentials(tx, "second-factor-changed", { change: "codes" });
    return ok({ recoveryCodes: codes });
  });
}

/** Turns a customer's second factor off; staff must have one. */
export async function removeSecondFactor(ctx: Context<CustomerActor>): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const gone = await tx.db
      .delete(secondFactors)
      .where(own(tx.actor))
      .returning({ id: secondFactors.id });
    if (gone.length > 0) {
      await audit(tx, "turned_off_second_factor");
      await tellOfCredentials(tx, "second-factor-changed", { change: "off" });
    }
  });
}

export type CodeCheck = { ok: true } | { ok: false; code: "wrong_code" | "wait"; seconds?: number };

/**
 * Takes a code of the actor's app, or a recovery code: each counts once, also when two browsers show it at
 * the same moment. Wrong ones are followed by a delay that grows; a browser that the account knows (`device`)
 * is not held up by another's.
 */
export async function takeSignInCode(
  ctx: Context<Person>,
  { code, device = "" }: { code: string; device?: string },
): Promise<CodeCheck> {
  const attempt: [Attempt, string][] = [["code", `${loginOf(ctx.actor).subjectId} ${device}`]];
  const verdict = await takeAttempt(ctx.db, attempt);
  if (!verdict.allowed) {
    return { ok: false, code: "wait", seconds: verdict.waitSeconds };
  }
  const typed = compactSignInCode(code);
  const right = await inTransaction(
    ctx,
    async (tx) => (await takeTotp(tx, typed)) || (await takeRecoveryCode(tx, typed)),
  );
  if (!right) {
    await inTransaction(ctx, (tx) => audit(tx, "refused_sign_in", { reason: "wrong_code" }));
    return { ok: false, code: "wrong_code" };
  }
  await forgetAttempts(ctx.db, attempt);
  return { ok: true };
}

async function takeTotp({ db, actor }: TxContext<Person>, typed: string): Promise<boolean> {
  const [factor] = await db
    .select({
      id: secondFactors.id,
      secret: secondFactors.secret,
      lastStep: secondFactors.lastStep,
    })
    .from(secondFactors)
    .where(own(actor));
  const step = factor ? await totpStep(unseal(factor.secret), typed, factor.lastStep) : null;
  if (!factor || step === null) {
    return false;
  }
  const taken = await db
    .update(secondFactors)
    .set({ lastStep: step })
    .where(
      and(
        own(actor),
        eq(secondFactors.id, factor.id),
        or(isNull(secondFactors.lastStep), lt(secondFactors.lastStep, step)),
      ),
    )
    .returning({ id: secondFactors.id });
  return taken.length === 1;
}

async function takeRecoveryCode(tx: TxContext<Person>, typed: string): Promise<boolean> {
  const used = await tx.db
    .update(recoveryCodes)
    .set({ usedAt: sql`clock_timestamp()` })
    .where(
      and(
        inArray(recoveryCodes.codeHash, hashCodes(typed)),
        isNull(recoveryCodes.usedAt),
        sql`${recoveryCodes.secondFactorId} in (select ${secondFactors.id} from ${secondFactors}
          where ${own(tx.actor)})`,
      ),
    )
    .returning({ id: recoveryCodes.id });
  if (used.length === 0) {
    return false;
  }
  await audit(tx, "used_recovery_code");
  await tellOfCredentials(tx, "second-factor-changed", { change: "used" });
  return true;
}

async function replaceRecoveryCodes(
  { db }: TxContext<Person>,
  secondFactorId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  await db.delete(recoveryCodes).where(eq(recoveryCodes.secondFactorId, secondFactorId));
  await db.insert(recoveryCodes).values(
    codes.map((code) => ({
      id: uuidv7(),
      secondFactorId,
      codeHash: hashCode(compactSignInCode(code)),
    })),
  );
  return codes;
}

const audit = (tx: TxContext<Person>, action: string, detail?: Record<string, string>) =>
  recordAudit(tx, { action, ...loginOf(tx.actor), detail });
