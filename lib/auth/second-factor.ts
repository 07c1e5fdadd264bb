import { and, eq, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { recoveryCodes, secondFactors } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { tellOfCredentials } from "@/lib/mail/tell-of-credentials";
import { type Actor, type CustomerActor, loginOf, ownerOf, type StaffActor } from "./actor";
import { type Context, inTransaction, type TxContext } from "./context";
import { type Attempt, forgetAttempts, takeAttempt } from "./limits";
import { seal, unseal } from "./sealed";
import { hashToken } from "./token";
import { compactSignInCode, newRecoveryCodes, newTotpSecret, totpStep, totpUri } from "./totp";

type Person = CustomerActor | StaffActor;

export type SecondFactor =
  | { state: "off" }
  /** A secret that no code has confirmed yet. */
  | { state: "pending"; secret: string; uri: string }
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

/** How the actor's second factor stands; what is to be scanned, while it is not confirmed. */
export async function findSecondFactor(ctx: Context<Person>): Promise<SecondFactor> {
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [factor] = await db
      .select({
        secret: secondFactors.secret,
        confirmedAt: secondFactors.confirmedAt,
        left: sql<number>`(select count(*)::int from recovery_codes c
          where c.second_factor_id = second_factors.id and c.used_at is null)`,
      })
      .from(secondFactors)
      .where(own(actor));
    if (!factor) {
      return { state: "off" };
    }
    if (factor.confirmedAt) {
      return { state: "on", since: factor.confirmedAt, recoveryCodesLeft: factor.left };
    }
    const secret = unseal(factor.secret);
    return { state: "pending", secret, uri: totpUri(secret, actor.email) };
  });
}

/** Makes a secret that counts once a code confirms it; one that counts already stays as it is. */
export async function startSecondFactor(ctx: Context<Person>): Promise<void> {
  await inTransaction(ctx, async ({ db, actor }) => {
    await db.delete(secondFactors).where(and(own(actor), isNull(secondFactors.confirmedAt)));
    await db
      .insert(secondFactors)
      .values({ ...ownerOf(actor), secret: seal(newTotpSecret()) })
      .onConflictDoNothing();
  });
}

/** What is to be scanned at a first sign-in: the same however often the page is opened. */
export async function ensureSecondFactor(
  ctx: Context<Person>,
): Promise<{ secret: string; uri: string }> {
  const found = await findSecondFactor(ctx);
  if (found.state === "pending") {
    return found;
  }
  await startSecondFactor(ctx);
  const started = await findSecondFactor(ctx);
  if (started.state !== "pending") {
    throw new NotFoundError("second factor");
  }
  return started;
}

/** Turns the second factor on with its first code; returns the recovery codes, shown only now. */
export async function confirmSecondFactor(
  ctx: Context<Person>,
  { code }: { code: string },
): Promise<Result<{ recoveryCodes: string[] }, "wrong_code">> {
  return await inTransaction(ctx, async (tx) => {
    const [factor] = await tx.db
      .select({ id: secondFactors.id, secret: secondFactors.secret })
      .from(secondFactors)
      .where(and(own(tx.actor), isNull(secondFactors.confirmedAt)))
      .for("update");
    const step = factor
      ? await totpStep(unseal(factor.secret), compactSignInCode(code), null)
      : null;
    if (!factor || step === null) {
      return fail("wrong_code");
    }
    await tx.db
      .update(secondFactors)
      .set({ confirmedAt: sql`clock_timestamp()`, lastStep: step })
      .where(and(own(tx.actor), eq(secondFactors.id, factor.id)));
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
      .where(and(own(tx.actor), isNotNull(secondFactors.confirmedAt)))
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
      .returning({ confirmedAt: secondFactors.confirmedAt });
    if (gone.some(({ confirmedAt }) => confirmedAt !== null)) {
      await audit(tx, "turned_off_second_factor");
      await tellOfCredentials(tx, "second-factor-changed", { change: "off" });
    }
  });
}

export type CodeCheck = { ok: true } | { ok: false; code: "wrong_code" | "wait"; seconds?: number };

/**
 * Takes a code of the actor's app, or a recovery code: each counts once, also when two browsers show it at
 * the same moment. Wrong ones are followed by a delay that grows.
 */
export async function takeSignInCode(
  ctx: Context<Person>,
  { code }: { code: string },
): Promise<CodeCheck> {
  const attempt: [Attempt, string][] = [["code", loginOf(ctx.actor).subjectId]];
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
    .where(and(own(actor), isNotNull(secondFactors.confirmedAt)));
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
        eq(recoveryCodes.codeHash, hashToken(typed)),
        isNull(recoveryCodes.usedAt),
        sql`${recoveryCodes.secondFactorId} in (select ${secondFactors.id} from ${secondFactors}
          where ${own(tx.actor)} and ${secondFactors.confirmedAt} is not null)`,
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
      codeHash: hashToken(compactSignInCode(code)),
    })),
  );
  return codes;
}

const audit = (tx: TxContext<Person>, action: string, detail?: Record<string, string>) =>
  recordAudit(tx, { action, ...loginOf(tx.actor), detail });
