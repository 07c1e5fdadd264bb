import { eq, isNotNull, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { providerContact, sendingPauses } from "@/db/schema";
import { checkSending } from "@/lib/cli/doctor/sending";
import { LONGEST_SILENCE_OF_EVENTS_MINUTES } from "@/lib/dispatches/rules";
import { ForbiddenError } from "@/lib/errors";
import { sendingState } from "@/lib/mail/queries/sending-state";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { eventOf, tellEvents } from "../factories/events";
import { makeCompany, makeCustomer, makeStaff } from "../factories/people";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

const state = (world: World) => world.worker((ctx) => sendingState(ctx));
const findings = async (world: World) =>
  (await world.worker((ctx) => checkSending(ctx))).map(
    ({ name, status, message }) => `${status} ${name}: ${message}`,
  );

/** Moves the silence, which must have begun by a sending, to so many minutes ago. */
const silentFor = ({ db }: World, minutes: number) =>
  db
    .update(providerContact)
    .set({ unansweredSince: sql`clock_timestamp() - make_interval(mins => ${minutes})` })
    .where(isNotNull(providerContact.unansweredSince));

describe("whether mail goes out and the provider is heard", () => {
  test("R17 says what waits, and nothing else while all is well", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await makeDispatch(world.db, customer);
    await makeAccountMail(world.db, customer);
    expect(await state(world)).toMatchObject({
      ...{ pauses: [], eventsMissingSince: null, batchesSetAside: 0 },
      ...{ waitingBills: 1, waitingMails: 1 },
    });
    expect(await findings(world)).toEqual([
      "ok sending: 1 bill and 1 other mail wait",
      "ok webhooks: no mail waits for its event",
    ]);
  });

  test("R17 bills of a frozen batch that is tried again wait too, until they are taken", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await makeDispatch(world.db, customer);
    await sendNext(world, { kind: "unknown", reason: "timeout" });
    expect((await state(world)).waitingBills).toBe(1);
    await world.db.execute(sql`update dispatch_batches set lease_until = null`);
    await sendNext(world);
    expect((await state(world)).waitingBills).toBe(0);
  });

  test("R17 names each pause, whose mail it holds, and how it is ended", async ({ world }) => {
    const company = await makeCompany(world.db, { name: "Acqua di Prova" });
    const probeAt = new Date(Date.now() + 60_000);
    await world.db.insert(sendingPauses).values([
      { reason: "daily_quota_exceeded", probeAt },
      { companyId: company.id, reason: "validation_error", probeAt },
      { companyId: company.id, reason: "old", probeAt, endedAt: new Date() },
    ]);
    const { pauses } = await state(world);
    expect(pauses.map(({ companyName, reason }) => [companyName, reason])).toEqual([
      [null, "daily_quota_exceeded"],
      ["Acqua di Prova", "validation_error"],
    ]);
    const [all, one] = await findings(world);
    expect(all).toMatch(/^fail sending: paused for every company .* raise the plan/);
    expect(one).toMatch(/^fail sending: paused for Acqua di Prova .* verify the domain/);
  });

  test("R18 tells when mails go out and no event comes, until one does", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    const { dispatch } = await makeDispatch(world.db, customer);
    await sendNext(world);
    // A moment is no silence.
    expect((await state(world)).eventsMissingSince).toBeNull();
    await silentFor(world, LONGEST_SILENCE_OF_EVENTS_MINUTES - 1);
    expect((await state(world)).eventsMissingSince).toBeNull();
    await silentFor(world, LONGEST_SILENCE_OF_EVENTS_MINUTES + 1);
    // Another sending does not begin it anew.
    await makeDispatch(world.db, customer);
    await sendNext(world);
    expect((await state(world)).eventsMissingSince).toBeInstanceOf(Date);
    expect((await findings(world))[1]).toMatch(
      /^fail webhooks: mails went out since .* RESEND_WEBHOOK_SECRET$/,
    );
    await world.worker((ctx) => tellEvents(ctx, eventOf(dispatch, "email.sent")));
    const heard = await state(world);
    expect(heard.eventsMissingSince).toBeNull();
    expect(heard.lastEventAt).toBeInstanceOf(Date);
    expect((await findings(world))[1]).toMatch(/^ok webhooks: the last event came at /);
  });

  test("R17 counts batches set aside for as long as one of their mails is in question", async ({
    world,
  }) => {
    const customer = await makeCustomer(world.db);
    await makeDispatch(world.db, customer);
    await sendNext(world, { kind: "refused", reason: "invalid_idempotent_request" });
    expect((await state(world)).batchesSetAside).toBe(1);
    expect((await findings(world))[2]).toMatch(/^warn batches set aside: of 1 nobody knows/);
    await world.db.execute(sql`update dispatches set state = 'accepted'`);
    expect((await state(world)).batchesSetAside).toBe(0);
  });

  test("R28 support may look, a role we do not know may not, and a pause is nobody's to end", async ({
    world,
  }) => {
    const support = await makeStaff(world.db, "support");
    const look = (ctx: Parameters<typeof sendingState>[0]) => sendingState(ctx);
    expect(await world.web(support, look)).toMatchObject({ pauses: [] });
    const unknown = { ...support, role: "intern" as "support" };
    await expect(world.web(unknown, look)).rejects.toThrow(ForbiddenError);
    const [pause] = await world.db
      .insert(sendingPauses)
      .values({ reason: "invalid_api_key", probeAt: new Date() })
      .returning();
    await expect(
      world.web(support, ({ db }) =>
        db.transaction((tx) =>
          tx
            .update(sendingPauses)
            .set({ endedAt: new Date() })
            .where(eq(sendingPauses.id, pause?.id ?? "")),
        ),
      ),
    ).rejects.toThrow();
  });
});
