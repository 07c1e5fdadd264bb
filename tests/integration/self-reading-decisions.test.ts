import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accountMails, auditLog, selfReadings } from "@/db/schema";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import { decideSelfReading } from "@/lib/consumption/commands/decide-self-reading";
import type { Decision } from "@/lib/consumption/commands/record-decisions";
import { findMeterToRead } from "@/lib/consumption/queries/self-readings";
import { findDeskReading, listSelfReadings } from "@/lib/consumption/queries/told-readings";
import { decisionSchema } from "@/lib/consumption/schema";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { makeTold, TODAY } from "../factories/meter-readers";
import { makeStaff } from "../factories/people";
import { test, type World } from "../setup/database";

const REFUSED = { state: "refused", refusal: "implausible" } as const;
const ACCEPTED = { state: "accepted", refusal: null } as const;

const decide = (world: World, actor: StaffActor, decision: Decision) =>
  world.web(actor, (ctx) => decideSelfReading(ctx, decision));

describe("decideSelfReading", () => {
  test.for<StaffRole>(["operator", "admin"])(
    "R30 an %s refuses with a reason: audited, mailed once, told to customer and desk",
    async (role, { world }) => {
      const mine = await makeTold(world);
      const actor = await makeStaff(world.db, role);
      const refused = { code: mine.receiptCode, ...REFUSED };
      expect(await decide(world, actor, refused)).toMatchObject({ ok: true });
      // Pressed twice: nothing more.
      expect(await decide(world, actor, refused)).toMatchObject({ ok: true });
      expect(
        await world.db
          .select({ template: accountMails.template, params: accountMails.params })
          .from(accountMails),
      ).toMatchObject([
        {
          template: "self-reading-refused",
          params: { why: "implausible", receiptCode: mine.receiptCode },
        },
      ]);
      expect(
        await world.db
          .select({ by: auditLog.actorId, subject: auditLog.subjectId, detail: auditLog.detail })
          .from(auditLog)
          .where(eq(auditLog.action, "refused_self_reading")),
      ).toEqual([
        {
          by: actor.staffId,
          subject: mine.contract.id,
          detail: { receiptCode: mine.receiptCode, refusal: "implausible" },
        },
      ]);
      const [row] = await world.web(actor, listSelfReadings);
      expect(row).toMatchObject({ ...REFUSED, decidedBy: actor.name });
      expect(row?.decidedAt).toBeInstanceOf(Date);
      const meter = await world.web(mine.actor, (ctx) => findMeterToRead(ctx, mine.key, TODAY));
      expect(meter?.readings).toMatchObject([REFUSED]);
    },
  );

  test("accepts; another decision afterwards is refused in words", async ({ world }) => {
    const { receiptCode: code } = await makeTold(world);
    const actor = await makeStaff(world.db, "operator");
    expect(await decide(world, actor, { code, ...ACCEPTED })).toMatchObject({ ok: true });
    expect(await decide(world, actor, { code, ...REFUSED })).toEqual({
      ...{ ok: false, code: "decidedOtherwise" },
    });
    const [row] = await world.db.select().from(selfReadings);
    expect(row).toMatchObject({ ...ACCEPTED, decidedBy: actor.staffId });
  });

  test("support looks and does not decide, by either wall; nobody's is not found", async ({
    world,
  }) => {
    const { receiptCode: code, row } = await makeTold(world);
    const support = await makeStaff(world.db, "support");
    const operator = await makeStaff(world.db, "operator");
    await expect(decide(world, support, { code, ...ACCEPTED })).rejects.toThrow(ForbiddenError);
    // The second wall: one who says to be an operator and is none.
    const liar: StaffActor = { ...support, role: "operator" };
    await decide(world, liar, { code, ...ACCEPTED }).catch(() => null);
    expect(await world.db.select().from(selfReadings)).toEqual([row]);
    const found = await world.web(support, (ctx) => findDeskReading(ctx, code));
    expect(found).toMatchObject({ receiptCode: code, before: null });
    await expect(decide(world, operator, { code: "AL-NONE0-00000", ...ACCEPTED })).rejects.toThrow(
      NotFoundError,
    );
    expect(await world.web(operator, (ctx) => findDeskReading(ctx, "AL-NONE0-00000"))).toBeNull();
  });

  test("a customer cannot decide their own, whatever they send", async ({ world }) => {
    const mine = await makeTold(world);
    await world.web(mine.actor, async ({ db }) => {
      await db.execute(`select set_config('app.actor', 'customer', true)`);
      const changed = await db
        .update(selfReadings)
        .set({ state: "accepted", decidedAt: new Date(), decidedBy: mine.account.id })
        .returning();
      expect(changed).toEqual([]);
    });
  });
});

describe("decisionSchema", () => {
  const sent = { receiptCode: "AL-7Q3MX-R42KD" };

  test("a refusal needs a reason that we know; an acceptance has none", () => {
    const parsed = (form: object) => decisionSchema.safeParse({ ...sent, ...form });
    expect(parsed({ decision: "refused" }).error?.issues).toMatchObject([
      { path: ["reason"], message: "reasonMissing" },
    ]);
    expect(parsed({ decision: "refused", reason: "whim" }).success).toBe(false);
    expect(parsed({ decision: "accepted", reason: "implausible" }).data).toMatchObject({
      reason: null,
    });
    expect(parsed({ decision: "accepted" }).data).toMatchObject({ reason: null });
    expect(parsed({ decision: "submitted" }).success).toBe(false);
  });
});
