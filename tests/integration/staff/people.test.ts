import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import {
  accountMails,
  auditLog,
  linkRequests,
  secondFactors,
  sessions,
  staff,
  tokens,
} from "@/db/schema";
import type { StaffActor } from "@/lib/auth/actor";
import { inTransaction } from "@/lib/auth/context";
import { sessionActor } from "@/lib/auth/sessions";
import { hashToken, newToken } from "@/lib/auth/token";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { changeRole } from "@/lib/staff/commands/change-role";
import { disableStaff, enableStaff } from "@/lib/staff/commands/disable-staff";
import { forgetSecondFactor } from "@/lib/staff/commands/forget-second-factor";
import { inviteStaff } from "@/lib/staff/commands/invite-staff";
import { sendStaffLink } from "@/lib/staff/commands/send-staff-link";
import { listStaff } from "@/lib/staff/queries";
import { makeCompany, makeCustomer, makeStaff, must } from "../../factories/people";
import { commandLine, refused } from "../../setup/command-line";
import { type Clone, cloneDatabase, test, type World } from "../../setup/database";

const DENIED = { cause: { code: "42501" } };
const PERSON = {
  email: "nuovo@sportello.example",
  name: "Nuovo Collega",
  role: "support",
} as const;

const invite = (world: World, actor: StaffActor) =>
  world.web(actor, (ctx) => inviteStaff(ctx, { ...PERSON, language: "it" }));

async function makeSession(world: World, staffId: string) {
  const token = newToken();
  await world.db.insert(sessions).values({
    staffId,
    tokenHash: hashToken(token),
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  return token;
}

const rowOf = async (world: World, id: string) =>
  must((await world.db.select().from(staff).where(eq(staff.id, id)))[0]);

const actionsOn = async (world: World, id: string) =>
  (
    await world.db.select().from(auditLog).where(eq(auditLog.subjectId, id)).orderBy(auditLog.id)
  ).map(({ action, actorId }) => [action, actorId]);

const stateOf = async (world: World, admin: StaffActor, id: string) =>
  (await world.web(admin, listStaff)).find((member) => member.id === id);

describe("admins and the people under /staff", () => {
  test("R30 an invitation has no password, asks for a link, and stands in the list", async ({
    world,
  }) => {
    await makeCompany(world.db);
    const admin = await makeStaff(world.db, "admin");
    const invited = await invite(world, admin);
    const id = invited.ok ? invited.value.id : "";
    expect(invited).toEqual({ ok: true, value: { id, token: null } });
    expect(await rowOf(world, id)).toMatchObject({
      ...PERSON,
      passwordHash: null,
      disabledAt: null,
    });
    expect(await world.db.select().from(linkRequests)).toMatchObject([
      { kind: "staff_password", email: PERSON.email, language: "it", decidedAt: null },
    ]);
    expect(await stateOf(world, admin, id)).toMatchObject({
      state: "invited",
      secondFactor: false,
    });
    expect(await stateOf(world, admin, admin.staffId)).toMatchObject({ state: "active" });
    expect(await invite(world, admin)).toEqual({ ok: false, code: "email_taken" });
    await world.web(admin, (ctx) => sendStaffLink(ctx, { staffId: id, language: "de" }));
    expect(await world.db.$count(linkRequests)).toBe(2);
    expect(await world.db.$count(tokens)).toBe(0);
    expect(await actionsOn(world, id)).toEqual([
      ["invited_staff", admin.staffId],
      ["asked_for_staff_link", admin.staffId],
    ]);
  });

  test("a link is shown at the shell alone, and is good for a day", async ({ world }) => {
    const shown = await world.worker((ctx) =>
      inviteStaff(ctx, { ...PERSON, language: "it", showLink: true }),
    );
    const { id, token } = shown.ok ? shown.value : { id: "", token: "" };
    const [row] = await world.db.select().from(tokens);
    expect(row).toMatchObject({ purpose: "staff_password", staffId: id, usedAt: null });
    expect(Buffer.from(must(row).tokenHash).equals(hashToken(must(token)))).toBe(true);
    const hours = (must(row).expiresAt.getTime() - must(row).createdAt.getTime()) / 3_600_000;
    expect(Math.round(hours * 10)).toBe(240);
    expect(await world.db.$count(linkRequests)).toBe(0);
    await world.db.delete(tokens);
    await world.db.delete(staff);
    const without = world.worker((ctx) => inviteStaff(ctx, { ...PERSON, language: "it" }));
    expect(await without).toEqual({ ok: false, code: "no_company" });
    await makeCompany(world.db);
    const admin = await makeStaff(world.db, "admin");
    const asked = await world.web(admin, (ctx) =>
      inviteStaff(ctx, { ...PERSON, language: "it", showLink: true }),
    );
    expect(asked.ok && asked.value.token).toBeNull();
  });

  test("disabled: every session ends at once; enabled: as before", async ({ world }) => {
    const admin = await makeStaff(world.db, "admin");
    const colleague = await makeStaff(world.db, "operator");
    const theirs = await makeSession(world, colleague.staffId);
    const mine = await makeSession(world, admin.staffId);
    const { staffId } = colleague;
    expect(await sessionActor(world.db, theirs)).toMatchObject({ staffId });
    expect(await world.web(admin, (ctx) => disableStaff(ctx, { staffId }))).toMatchObject({
      ok: true,
    });
    expect(await sessionActor(world.db, theirs)).toBeNull();
    expect(await sessionActor(world.db, mine)).toMatchObject({ staffId: admin.staffId });
    expect(await stateOf(world, admin, staffId)).toMatchObject({ state: "disabled" });
    const link = world.web(admin, (ctx) => sendStaffLink(ctx, { staffId, language: "it" }));
    expect(await link).toEqual({ ok: false, code: "disabled" });
    await world.web(admin, (ctx) => enableStaff(ctx, { staffId }));
    expect(await stateOf(world, admin, staffId)).toMatchObject({ state: "active" });
    // The sessions stay ended.
    expect(await sessionActor(world.db, theirs)).toBeNull();
    expect(await actionsOn(world, staffId)).toEqual([
      ["disabled_staff", admin.staffId],
      ["enabled_staff", admin.staffId],
    ]);
  });

  test("another role, and a forgotten second factor, of which they are told", async ({ world }) => {
    await makeCompany(world.db);
    const admin = await makeStaff(world.db, "admin");
    const { staffId, email } = await makeStaff(world.db, "support");
    await world.web(admin, (ctx) => changeRole(ctx, { staffId, role: "operator" }));
    expect((await rowOf(world, staffId)).role).toBe("operator");
    const forget = () => world.web(admin, (ctx) => forgetSecondFactor(ctx, { staffId }));
    expect(await forget()).toEqual({ ok: false, code: "none" });
    for (const as of ["admin", "system"]) {
      await world.db
        .insert(secondFactors)
        .values({ staffId, secret: "sealed", confirmedAt: new Date() });
      expect(await stateOf(world, admin, staffId)).toMatchObject({ secondFactor: true });
      const token = await makeSession(world, staffId);
      const done =
        as === "admin" ? forget() : world.worker((ctx) => forgetSecondFactor(ctx, { staffId }));
      expect(await done, as).toEqual({ ok: true, value: null });
      expect(await sessionActor(world.db, token)).toBeNull();
      expect(await world.db.$count(secondFactors)).toBe(0);
    }
    expect((await actionsOn(world, staffId)).map(([action]) => action)).toEqual([
      "changed_staff_role",
      "forgot_second_factor",
      "forgot_second_factor",
    ]);
    const told = { template: "second-factor-changed", toEmail: email, params: { change: "off" } };
    expect(await world.db.select().from(accountMails)).toMatchObject([told, told]);
  });

  test("nobody changes, disables or enables themselves: an admin is always left", async ({
    world,
  }) => {
    const admin = await makeStaff(world.db, "admin");
    const { staffId } = admin;
    for (const step of [
      () => world.web(admin, (ctx) => changeRole(ctx, { staffId, role: "support" })),
      () => world.web(admin, (ctx) => disableStaff(ctx, { staffId })),
      () => world.web(admin, (ctx) => enableStaff(ctx, { staffId })),
      () => world.web(admin, (ctx) => forgetSecondFactor(ctx, { staffId })),
    ]) {
      expect(await step()).toEqual({ ok: false, code: "own" });
    }
    const gone = { staffId: crypto.randomUUID() };
    await expect(world.web(admin, (ctx) => disableStaff(ctx, gone))).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });

  test("R28 wrong role: support and operators manage nobody, in commands and by direct SQL", async ({
    world,
  }) => {
    await makeCompany(world.db);
    const { staffId } = await makeStaff(world.db, "support");
    const customer = await makeCustomer(world.db);
    for (const role of ["support", "operator"] as const) {
      const actor = await makeStaff(world.db, role);
      for (const step of [
        () => invite(world, actor),
        () => world.web(actor, listStaff),
        () => world.web(actor, (ctx) => sendStaffLink(ctx, { staffId, language: "it" })),
        () => world.web(actor, (ctx) => changeRole(ctx, { staffId, role: "admin" })),
        () => world.web(actor, (ctx) => disableStaff(ctx, { staffId })),
        () => world.web(actor, (ctx) => enableStaff(ctx, { staffId })),
        () => world.web(actor, (ctx) => forgetSecondFactor(ctx, { staffId })),
      ]) {
        await expect(step()).rejects.toBeInstanceOf(ForbiddenError);
      }
      for (const statement of [
        sql`insert into staff (email, name, role) values ('x@sportello.example', 'X', 'admin')`,
        sql`insert into link_requests (kind, email, language) values ('staff_password', 'x@sportello.example', 'it')`,
        sql`update staff set password_hash = 'any'`,
        sql`insert into staff (email, name, role, password_hash) values ('x@sportello.example', 'X', 'admin', 'any')`,
      ]) {
        const direct = world.web(actor, (ctx) =>
          inTransaction(ctx, ({ db }) => db.execute(statement)),
        );
        await expect(direct).rejects.toMatchObject(DENIED);
      }
      const seen = await world.web(actor, (ctx) =>
        inTransaction(ctx, async ({ db }) => ({
          changed: await db.execute(sql`update staff set role = 'admin' returning id`),
          credentials: await db.execute(sql`select * from staff_credentials(${staffId})`),
          forgotten: await db.execute(sql`select forget_staff_factor(${staffId}) as done`),
        })),
      );
      expect(seen).toMatchObject({ changed: [], credentials: [], forgotten: [{ done: false }] });
    }
    const own = world.web(customer.actor, (ctx) =>
      inTransaction(ctx, ({ db }) => db.execute(sql`select email from staff`)),
    );
    expect([...(await own)]).toEqual([]);
  });

  test("R28 an admin by direct SQL changes neither their own role nor a password", async ({
    world,
  }) => {
    const admin = await makeStaff(world.db, "admin");
    const other = await makeStaff(world.db, "support");
    const direct = (statement: ReturnType<typeof sql>) =>
      world.web(admin, (ctx) => inTransaction(ctx, ({ db }) => db.execute(statement)));
    const changed = await direct(sql`update staff set role = 'operator' returning id`);
    expect([...changed]).toEqual([{ id: other.staffId }]);
    await expect(direct(sql`update staff set password_hash = 'any'`)).rejects.toMatchObject(DENIED);
    await expect(direct(sql`update staff set email = 'any'`)).rejects.toMatchObject(DENIED);
  });
});

describe("two admins, and the command line", () => {
  vi.setConfig({ testTimeout: 120_000 });
  let clone: Clone;
  beforeAll(async () => {
    clone = await cloneDatabase();
  });
  afterAll(async () => {
    await clone.drop();
  });

  test("two admins who disable each other at once: one is left", async () => {
    const [one, two] = await clone.superuser.db.transaction(
      async (tx) => [await makeStaff(tx, "admin"), await makeStaff(tx, "admin")] as const,
    );
    const disable = (actor: StaffActor, staffId: string) =>
      disableStaff({ db: clone.web.db, actor }, { staffId }).then(
        () => "done",
        (error: unknown) => error,
      );
    const outcomes = await Promise.all([disable(one, two.staffId), disable(two, one.staffId)]);
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(await clone.superuser.db.$count(staff, sql`disabled_at is null`)).toBe(1);
    await clone.superuser.db.delete(staff);
  });

  test("staff invite, list, role, disable, enable and forget-second-factor", async () => {
    const sportello = commandLine(clone, "/tmp");
    const email = ["--email", "Capo@Sportello.example"];
    const facts = ["--name", "Capo", "--role", "admin"];
    expect(refused(await sportello(["staff", "invite", ...email, ...facts]))).toMatch(
      /^There is no company to send a mail for/,
    );
    const shown = await sportello(["staff", "invite", ...email, ...facts, "--show-link", "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      ok: true,
      email: "capo@sportello.example",
      link: expect.stringMatching(/^http:\/\/localhost:3000\/reset-password\?token=[\w-]{43}$/),
    });
    expect((await sportello(["staff", "list"])).stdout).toBe(
      "Capo <capo@sportello.example>: admin (invited)\n",
    );
    expect((await sportello(["staff", "role", ...email, "--role", "support"])).stdout).toBe(
      "capo@sportello.example is support now.\n",
    );
    expect((await sportello(["staff", "disable", ...email])).code).toBe(0);
    expect((await sportello(["staff", "list"])).stdout).toMatch(/: support \(disabled\)\n$/);
    expect((await sportello(["staff", "enable", ...email])).code).toBe(0);
    expect(refused(await sportello(["staff", "forget-second-factor", ...email]))).toBe(
      "There is no second factor to forget.",
    );
    expect(refused(await sportello(["staff", "disable", "--email", "x@sportello.example"]))).toBe(
      "Nobody has the e-mail x@sportello.example; see: staff list",
    );
    expect(refused(await sportello(["staff", "add", ...email, ...facts]))).toMatch(
      /^Give the password with --password-stdin/,
    );
    const actions = await clone.superuser.db.select().from(auditLog).orderBy(auditLog.id);
    expect(actions.map(({ action }) => action).slice(-4)).toEqual([
      "invited_staff",
      "changed_staff_role",
      "disabled_staff",
      "enabled_staff",
    ]);
    expect(actions.at(-1)).toMatchObject({ actorKind: "system" });
  });
});
