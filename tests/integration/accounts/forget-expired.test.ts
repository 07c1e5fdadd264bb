import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import type { Transaction } from "@/db/client";
import { signupAttempts, tokens } from "@/db/schema";
import { forgetExpired } from "@/lib/accounts/commands/forget-expired";
import type { SystemActor } from "@/lib/auth/actor";
import { makeMatchedAttempt, makeUnregistered } from "../../factories/signup";
import { test } from "../../setup/database";

const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

async function made(db: Transaction, over: Parameters<typeof makeMatchedAttempt>[2]) {
  return (await makeMatchedAttempt(db, await makeUnregistered(db), over)).attempt.id;
}

async function left(db: Transaction, id: string) {
  const [attempt] = await db.select().from(signupAttempts).where(eq(signupAttempts.id, id));
  const links = await db.select().from(tokens).where(eq(tokens.attemptId, id));
  return { password: attempt?.passwordHash !== null, tokens: links.length };
}

describe("forgetExpired", () => {
  test("R4 a registration that nobody confirmed loses its password, then its token", async ({
    world,
  }) => {
    const dead = await made(world.db, { createdAt: hours(-49), expiresAt: hours(-25) });
    const justDead = await made(world.db, { createdAt: hours(-25), expiresAt: hours(-1) });
    expect(await world.worker((ctx) => forgetExpired(ctx))).toEqual({ passwords: 2, tokens: 1 });
    expect(await left(world.db, dead)).toEqual({ password: false, tokens: 0 });
    // Its page can still say that the link has expired.
    expect(await left(world.db, justDead)).toEqual({ password: false, tokens: 1 });
    expect(await world.worker((ctx) => forgetExpired(ctx))).toEqual({ passwords: 0, tokens: 0 });
  });

  test("R4 one that can still become an account keeps both", async ({ world }) => {
    const young = await made(world.db, { createdAt: hours(-23), expiresAt: hours(1) });
    const matchedLate = await made(world.db, { createdAt: hours(-40), expiresAt: hours(1) });
    const waiting = await made(world.db, {
      createdAt: hours(-40),
      outcome: "pending",
      expiresAt: hours(1),
    });
    await world.db.delete(tokens).where(eq(tokens.attemptId, waiting));
    await world.worker((ctx) => forgetExpired(ctx));
    expect(await left(world.db, young)).toEqual({ password: true, tokens: 1 });
    expect(await left(world.db, matchedLate)).toEqual({ password: true, tokens: 1 });
    expect(await left(world.db, waiting)).toEqual({ password: true, tokens: 0 });
    await world.db
      .update(signupAttempts)
      .set({ createdAt: hours(-8 * 24) })
      .where(eq(signupAttempts.id, waiting));
    await world.worker((ctx) => forgetExpired(ctx));
    expect(await left(world.db, waiting)).toEqual({ password: false, tokens: 0 });
  });

  test("R28 nobody but a job forgets anything", async ({ world }) => {
    const dead = await made(world.db, { createdAt: hours(-49), expiresAt: hours(-25) });
    await world.worker((ctx) =>
      forgetExpired({ ...ctx, actor: { kind: "visitor" } as unknown as SystemActor }),
    );
    expect(await left(world.db, dead)).toEqual({ password: true, tokens: 1 });
  });
});
