import { sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { auditLog, contractLinks } from "@/db/schema";
import { changeLanguage } from "@/lib/accounts/commands/change-language";
import { ACCESS_LOG_SHOWN, listOwnAccessLog } from "@/lib/accounts/queries/access-log";
import { recordAudit } from "@/lib/audit/commands";
import type { Actor, CustomerActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { hashPassword } from "@/lib/auth/password";
import { signInCustomer } from "@/lib/auth/sign-in";
import { makeClient } from "../../factories/clients";
import { makeCustomer, makeStaff, must } from "../../factories/people";
import { PASSWORD } from "../../factories/signup";
import { test, type World } from "../../setup/database";

const logOf = (world: World, actor: CustomerActor) =>
  world.web(actor, (ctx) => listOwnAccessLog(ctx));

const audit = (world: World, actor: Actor, entry: Parameters<typeof recordAudit>[1]) =>
  world.web(actor, (ctx) => inTransaction(ctx, (tx) => recordAudit(tx, entry)));

describe("listOwnAccessLog", () => {
  test("R30 tells what the owner did, newest first", async ({ world }) => {
    const { actor, account } = await makeCustomer(world.db, {
      account: { passwordHash: await hashPassword(PASSWORD) },
    });
    const credentials = { email: account.email, password: PASSWORD, client: makeClient() };
    await world.web({ kind: "visitor" }, (ctx) => signInCustomer(ctx, credentials));
    await world.web(actor, (ctx) => changeLanguage(ctx, { language: "de" }));
    expect(await logOf(world, actor)).toMatchObject([
      { action: "changed_language", actorKind: "customer", detail: { language: "de" } },
      { action: "signed_in", actorKind: "customer", staffRole: null },
    ]);
  });

  test("R30 tells of staff the role, never who it was, and no fact that names anybody", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const support = await makeStaff(world.db, "support");
    await audit(world, support, {
      action: "looked_up_delivery",
      subjectKind: "contract",
      subjectId: customer.contract.id,
      detail: { mode: "paper", note: "Signora Prova ha telefonato" },
    });
    const [entry] = await logOf(world, customer.actor);
    expect(entry).toEqual({
      id: expect.any(String),
      at: expect.any(Date),
      action: "looked_up_delivery",
      actorKind: "staff",
      staffRole: "support",
      detail: { mode: "paper" },
    });
    expect(JSON.stringify(entry)).not.toContain(support.staffId);
  });

  test("R30 tells what was done to the account and its sessions by others", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const admin = await makeStaff(world.db, "admin");
    const [session] = await world.db.execute<{ id: string }>(sql`
      insert into sessions (token_hash, account_id, expires_at)
      values ('\\x01', ${customer.account.id}, now() + interval '1 hour') returning id`);
    await audit(
      world,
      { kind: "visitor" },
      {
        action: "refused_sign_in",
        subjectKind: "account",
        subjectId: customer.account.id,
      },
    );
    await audit(world, admin, {
      action: "ended_session",
      subjectKind: "session",
      subjectId: must(session).id,
    });
    expect(await logOf(world, customer.actor)).toMatchObject([
      { action: "ended_session", actorKind: "staff", staffRole: "admin" },
      { action: "refused_sign_in", actorKind: "visitor" },
    ]);
  });

  test("R28 nothing of another customer's is in it, whoever did it", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const other = await makeCustomer(world.db, { company: customer.company });
    const support = await makeStaff(world.db, "support");
    await world.web(other.actor, (ctx) => changeLanguage(ctx, { language: "de" }));
    for (const subject of [
      { subjectKind: "contract", subjectId: other.contract.id },
      { subjectKind: "account", subjectId: other.account.id },
      { subjectKind: "contract" },
    ]) {
      await audit(world, support, { action: "looked_up_delivery", ...subject });
    }
    expect(await logOf(world, customer.actor)).toEqual([]);
    expect(await logOf(world, other.actor)).toHaveLength(3);
    const visitor = { kind: "visitor" } as unknown as CustomerActor;
    expect(await logOf(world, visitor)).toEqual([]);
  });

  test("R5 what staff looked up before or after a contract was in the account is not told", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    const support = await makeStaff(world.db, "support");
    const subject = { subjectKind: "contract", subjectId: customer.contract.id };
    await world.db.update(contractLinks).set({ linkedAt: sql`clock_timestamp()` });
    await world.db.execute(sql`
      insert into audit_log (at, actor_kind, actor_id, action, subject_kind, subject_id)
      values (now() - interval '1 day', 'staff', ${support.staffId}, 'earlier', 'contract', ${customer.contract.id})`);
    await audit(world, support, { action: "meanwhile", ...subject });
    await world.db
      .update(contractLinks)
      .set({ endedAt: sql`clock_timestamp()`, endedBecause: "removed" });
    await audit(world, support, { action: "later", ...subject });
    expect((await logOf(world, customer.actor)).map(({ action }) => action)).toEqual(["meanwhile"]);
  });

  test("R30 the profile shows the latest fifty", async ({ world }) => {
    const { actor, account } = await makeCustomer(world.db);
    await world.db.insert(auditLog).values(
      Array.from({ length: ACCESS_LOG_SHOWN + 5 }, (_, place) => ({
        actorKind: "customer",
        actorId: account.id,
        action: `did_${place}`,
        subjectKind: "account",
        subjectId: account.id,
      })),
    );
    const shown = await logOf(world, actor);
    expect([shown.length, shown[0]?.action]).toEqual([50, "did_54"]);
  });
});
