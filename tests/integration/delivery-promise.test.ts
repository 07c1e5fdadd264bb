import { eq, sql } from "drizzle-orm";
import { expect } from "vitest";
import { accountMails, addressSuspensions, contractLinks, contracts, mandates } from "@/db/schema";
import { chooseDeliveries, chooseDelivery } from "@/lib/delivery/commands/choose-delivery";
import { undoChoice } from "@/lib/delivery/commands/undo-choice";
import { listDeliveries } from "@/lib/delivery/queries";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { addDays, romeDay } from "@/lib/time";
import { makeContract, makeCustomer, makeMandate, must } from "../factories/people";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const deliveryOf = async (world: World, { actor }: Customer) =>
  must((await world.web(actor, (ctx) => listDeliveries(ctx)))[0]);

async function choose(world: World, { actor, contract }: Customer, email: string | null = null) {
  const result = await world.web(actor, (ctx) =>
    chooseDelivery(ctx, {
      contractId: contract.id,
      mode: "electronic",
      email,
      acceptedNotice: NOTICE_VERSION,
    }),
  );
  if (!result.ok) {
    throw new Error(result.code);
  }
  return result.value;
}

/** What the freeze of a cut-off on that day would put into the plan; undefined: not this contract. */
async function frozenOn(world: World, { company, contract }: Customer, day: string) {
  const rows = await world.db.execute<{ contract_id: string; mode: string }>(sql`
    select contract_id, mode from delivery_modes(${company.id}::smallint, null,
      next_cut_off(${company.id}::smallint, ${day}::timestamp at time zone 'Europe/Rome'))`);
  return rows.find(({ contract_id }) => contract_id === contract.id)?.mode;
}

const mailOf = async (world: World, { account }: Customer) => {
  const mails = await world.db
    .select({ params: accountMails.params })
    .from(accountMails)
    .where(sql`account_id = ${account.id} and template = 'delivery-changed'`)
    .orderBy(accountMails.createdAt);
  return mails.map(({ params }) => params);
};

const setMandateEnd = (world: World, { contract }: Customer, until: string) =>
  world.db.update(mandates).set({ until }).where(eq(mandates.contractId, contract.id));

test("R11 of a supply that starts later the first run that has it is named, not the next one", async ({
  world,
}) => {
  const customer = await makeCustomer(world.db);
  const startsOn = addDays((await deliveryOf(world, customer)).nextCutOffOn, 10);
  await world.db.update(contracts).set({ startsOn }).where(eq(contracts.id, customer.contract.id));
  const before = await deliveryOf(world, customer);
  expect(before.nextCutOffOn > startsOn).toBe(true);
  const chosen = await choose(world, customer);
  expect(chosen).toMatchObject({ fromCutOffOn: before.nextCutOffOn, onPaper: null });
  expect(await frozenOn(world, customer, addDays(startsOn, -12))).toBeUndefined();
  expect(await frozenOn(world, customer, chosen.fromCutOffOn)).toBe("electronic");
  expect(await mailOf(world, customer)).toMatchObject([{ fromBill: before.nextCutOffOn }]);
});

test("R10 R11 the panel says until when an undo is taken: the company's next cut-off, found or not", async ({
  world,
}) => {
  const customer = await makeCustomer(world.db);
  const now = await deliveryOf(world, customer);
  const startsOn = addDays(now.nextCutOffOn, 10);
  await world.db.update(contracts).set({ startsOn }).where(eq(contracts.id, customer.contract.id));
  await choose(world, customer);
  const delivery = await deliveryOf(world, customer);
  expect(delivery).toMatchObject({ canUndo: true, undoUntil: now.undoUntil });
  const after = new Date(now.undoUntil.getTime() + 1);
  const [later] = await world.web(customer.actor, (ctx) => listDeliveries(ctx, { at: after }));
  expect(later).toMatchObject({ canUndo: false });
});

test("R11 several contracts: each is promised its own bill, and one mail tells of each bill", async ({
  world,
}) => {
  const customer = await makeCustomer(world.db);
  const { company, holder, account, actor } = customer;
  const { nextCutOffOn } = await deliveryOf(world, customer);
  const ofCompany = { companyId: company.id, holderId: holder.id };
  const startsOn = addDays(nextCutOffOn, 10);
  const other = await makeContract(world.db, { ...ofCompany, startsOn });
  const ids = { companyId: company.id, contractId: other.id };
  await makeMandate(world.db, { ...ids, holderId: holder.id });
  await world.db.insert(contractLinks).values({ ...ids, accountId: account.id });
  const result = await world.web(actor, (ctx) =>
    chooseDeliveries(ctx, {
      contractIds: [customer.contract.id, other.id],
      mode: "electronic",
      email: null,
      acceptedNotice: NOTICE_VERSION,
    }),
  );
  const days = result.ok ? result.value.contracts.map(({ fromBillOn }) => fromBillOn) : [];
  expect(days.toSorted()).toEqual([nextCutOffOn, must(days.find((day) => (day ?? "") > startsOn))]);
  const told = (await mailOf(world, customer)).map(({ fromBill }) => fromBill);
  expect(told.toSorted()).toEqual(days.toSorted());
});

test("R11 of a supply that ends before the next cut-off only the closing bill is promised", async ({
  world,
}) => {
  const customer = await makeCustomer(world.db);
  const endsOn = romeDay(new Date());
  const { nextCutOffOn } = await deliveryOf(world, customer);
  await world.db.update(contracts).set({ endsOn }).where(eq(contracts.id, customer.contract.id));
  // On the day of a cut-off the supply still has that run.
  const fromBillOn = nextCutOffOn === endsOn ? nextCutOffOn : null;
  expect(await deliveryOf(world, customer)).toMatchObject({ ended: false, fromBillOn });
  expect(await choose(world, customer)).toMatchObject({ fromBillOn, onPaper: null });
  expect(await mailOf(world, customer)).toMatchObject([{ fromBill: fromBillOn ?? "closing" }]);
});

test("R11 R14 no e-mail is promised from a bill before which the mandate ends, nor after an undo", async ({
  world,
}) => {
  const customer = await makeCustomer(world.db);
  const { nextCutOffOn } = await deliveryOf(world, customer);
  await setMandateEnd(world, customer, addDays(nextCutOffOn, 1));
  expect(await choose(world, customer)).toMatchObject({ onPaper: null });
  await choose(world, customer, "altrove@posta.example");
  await setMandateEnd(world, customer, nextCutOffOn);
  expect(await deliveryOf(world, customer)).toMatchObject({ mandateActiveNext: false });
  const { actor, contract } = customer;
  expect(
    await world.web(actor, (ctx) => undoChoice(ctx, { contractId: contract.id })),
  ).toMatchObject({
    value: { mode: "electronic", fromBillOn: nextCutOffOn, onPaper: "no_mandate" },
  });
  expect(await choose(world, customer, "altrove@posta.example")).toMatchObject({
    onPaper: "no_mandate",
  });
  expect(await frozenOn(world, customer, nextCutOffOn)).toBe("paper");
  expect((await mailOf(world, customer)).map(({ onPaper }) => onPaper)).toEqual([
    "no",
    "no",
    "no_mandate",
    "no_mandate",
  ]);
});

test("R11 R19 no e-mail is promised before a new address is confirmed when the account's is suspended", async ({
  world,
}) => {
  const customer = await makeCustomer(world.db);
  await world.db
    .insert(addressSuspensions)
    .values({ email: customer.account.email, reason: "hard_bounce" });
  expect(await choose(world, customer, "altrove@posta.example")).toMatchObject({
    onPaper: "address_suspended",
    toConfirm: "altrove@posta.example",
  });
});
