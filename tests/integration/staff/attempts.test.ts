import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, linkRequests, signupAttempts } from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { askForConfirmation } from "@/lib/support/commands/ask-for-confirmation";
import { findAttempts } from "@/lib/support/commands/find-attempts";
import { type AttemptsChoice, readAttempts } from "@/lib/support/commands/read-attempts";
import { attemptsSchema } from "@/lib/support/schema";
import { makeCompany, makeCustomer, makeStaff, must } from "../../factories/people";
import { test, type World } from "../../setup/database";

const TAX_ID = "RSSMRA85T10A562S";

async function makeAttempt(world: World, over: Partial<typeof signupAttempts.$inferInsert> = {}) {
  const companyId = over.companyId ?? (await makeCompany(world.db)).id;
  const [attempt] = await world.db
    .insert(signupAttempts)
    .values({
      taxId: TAX_ID,
      customerCode: "100200300",
      billNumber: "E2026000123",
      email: "mario.inventato@posta.example",
      language: "de",
      outcome: "confirm",
      decidedAt: new Date(),
      ...over,
      companyId,
    })
    .returning();
  return must(attempt);
}

const read = (world: World, actor: StaffActor, choice: AttemptsChoice = {}) =>
  world.web(actor, (ctx) => readAttempts(ctx, choice));

const find = (world: World, actor: StaffActor, typed: string) =>
  world.web(actor, (ctx) => findAttempts(ctx, { typed }));

const auditedAs = (world: World, action: string) =>
  world.db.select().from(auditLog).where(eq(auditLog.action, action));

describe("staff see attempts to register", () => {
  test("R3 with their reasons, the latest first, of tax id, code and e-mail the ends only", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const first = await makeAttempt(world, { outcome: "mandate_missing" });
    const second = await makeAttempt(world, { outcome: "throttled", customerCode: "AB12" });
    const { attempts, next } = await read(world, support);
    expect(next).toBeNull();
    expect(attempts).toMatchObject([
      { id: second.id, outcome: "throttled", customerCode: "A•••2", waits: false },
      {
        id: first.id,
        outcome: "mandate_missing",
        taxId: "RSS•••••••••••2S",
        customerCode: "10•••00",
        email: "m•••@posta.example",
        waits: false,
      },
    ]);
    const shown = JSON.stringify(attempts);
    for (const secret of [TAX_ID, "100200300", "mario.inventato", "E2026000123"]) {
      expect(shown).not.toContain(secret);
    }
  });

  test("by company and outcome, fifty a page", async ({ world }) => {
    const support = await makeStaff(world.db, "support");
    const company = await makeCompany(world.db);
    const companyId = company.id;
    await makeAttempt(world, { outcome: "no_match" });
    for (let more = 0; more < 51; more += 1) {
      await makeAttempt(world, { companyId, outcome: "no_match" });
    }
    await makeAttempt(world, { companyId });
    const choice = { company: company.slug, outcome: "no_match" } as const;
    const page = await read(world, support, choice);
    expect(page.attempts).toHaveLength(50);
    const last = await read(world, support, { ...choice, after: must(page.next) });
    expect([last.attempts.length, last.next]).toEqual([1, null]);
    expect(attemptsSchema.parse({ outcome: "x", like: "1", by: "email", after: "y" })).toEqual({
      by: "email",
    });
  });

  test("R3 R30 one person's are found by e-mail, tax id and code, and the address tells none of them", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const one = await makeAttempt(world, { outcome: "no_match" });
    const latest = await makeAttempt(world);
    await makeAttempt(world, {
      taxId: "VRDGPP70A01F205B",
      customerCode: "999999999",
      email: "altra@posta.example",
    });
    for (const [typed, by] of [
      ["Mario.Inventato@posta.example", "email"],
      ["rssmra 85t10 a562s", "tax_id"],
      ["100 200 300", "customer_code"],
    ] as const) {
      const found = await find(world, support, typed);
      expect(found, typed).toEqual({ ok: true, value: { like: latest.id, by } });
      const { attempts } = await read(world, support, { like: latest.id, by });
      expect(attempts.map(({ id }) => id)).toEqual([latest.id, one.id]);
    }
    expect(await find(world, support, "nessuno@posta.example")).toEqual({
      ok: false,
      code: "none",
    });
    const searched = await auditedAs(world, "searched_attempts");
    expect(searched.map(({ detail }) => detail)).toEqual([
      { by: "email" },
      { by: "tax_id" },
      { by: "customer_code" },
      { by: null },
    ]);
    expect(await auditedAs(world, "read_attempts")).toMatchObject(
      Array(3).fill({ actorId: support.staffId, subjectId: latest.id, detail: { found: 2 } }),
    );
  });

  test("R3 R4 a confirmation is asked for again, to the e-mail of the attempt alone", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const waiting = await makeAttempt(world);
    const ask = (attemptId: string) =>
      world.web(support, (ctx) => askForConfirmation(ctx, { attemptId }));
    expect(await ask(waiting.id)).toEqual({ ok: true, value: null });
    const [request] = await world.db.select().from(linkRequests);
    expect(request).toMatchObject({
      kind: "confirm_account",
      email: waiting.email,
      language: "de",
      throttled: false,
      decidedAt: null,
    });
    const jobs = await world.db.execute(sql`
      select t.identifier, j.payload from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = 'answer_link_request'`);
    expect([...jobs]).toEqual([
      { identifier: "answer_link_request", payload: { requestId: request?.id } },
    ]);
    expect(await auditedAs(world, "asked_for_confirmation")).toMatchObject([
      { actorId: support.staffId, subjectId: waiting.id },
    ]);
    for (const over of [
      { outcome: "confirmed" },
      { outcome: "no_match" },
      { email: "deleted-0123" },
      { createdAt: new Date(Date.now() - 8 * 86_400_000) },
    ] as const) {
      const { id } = await makeAttempt(world, over);
      expect(await ask(id), JSON.stringify(over)).toEqual({ ok: false, code: "not_waiting" });
    }
    await expect(ask(crypto.randomUUID())).rejects.toBeInstanceOf(NotFoundError);
    expect(await world.db.$count(linkRequests)).toBe(1);
  });

  test("R28 wrong role: nothing is read, searched or asked; a customer sees no attempt", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const nobody = { ...support, role: "auditor" as never };
    const { id } = await makeAttempt(world);
    for (const step of [
      () => read(world, nobody),
      () => find(world, nobody, TAX_ID),
      () => world.web(nobody, (ctx) => askForConfirmation(ctx, { attemptId: id })),
    ]) {
      await expect(step()).rejects.toBeInstanceOf(ForbiddenError);
    }
    const { actor } = await makeCustomer(world.db);
    const seen = await world.web(actor, (ctx) =>
      inTransaction(ctx, ({ db }) => db.select({ id: signupAttempts.id }).from(signupAttempts)),
    );
    expect(seen).toEqual([]);
    const asked = world.web(actor, (ctx) =>
      inTransaction(ctx, ({ db }) =>
        db
          .insert(linkRequests)
          .values({ kind: "confirm_account", email: "x@posta.example", language: "it" }),
      ),
    );
    await expect(asked).rejects.toMatchObject({ cause: { code: "42501" } });
    expect(await world.db.$count(auditLog, eq(auditLog.subjectKind, "signup_attempt"))).toBe(0);
  });
});
