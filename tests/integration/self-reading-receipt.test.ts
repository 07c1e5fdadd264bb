import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contractLinks, contracts } from "@/db/schema";
import { decideSelfReading } from "@/lib/consumption/commands/decide-self-reading";
import { findReadingReceipt } from "@/lib/consumption/queries/told-readings";
import { makeTold, TODAY } from "../factories/meter-readers";
import { makeCustomer, makeStaff } from "../factories/people";
import { test } from "../setup/database";

describe("findReadingReceipt", () => {
  test("tells the meter as it was, the count, and why it was refused", async ({ world }) => {
    const mine = await makeTold(world);
    const receipt = () => world.web(mine.actor, (ctx) => findReadingReceipt(ctx, mine.receiptCode));
    expect(await receipt()).toMatchObject({
      ...{
        state: "submitted",
        readOn: TODAY,
        countThousandths: 1_000_000,
        meterSerial: "GAS-4711",
      },
      ...{ contractNumber: mine.contract.contractNumber, commodity: "gas" },
      ...{ company: mine.company.name, decidedAt: null },
      linkedAs: mine.contract.contractNumber,
    });
    // The meter is changed, the supply leaves the account: the receipt stays.
    await world.db
      .update(contracts)
      .set({ meterSerial: "NEW-1" })
      .where(eq(contracts.id, mine.contract.id));
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.contractId, mine.contract.id));
    const operator = await makeStaff(world.db, "operator");
    await world.web(operator, (ctx) =>
      decideSelfReading(ctx, {
        ...{ code: mine.receiptCode, state: "refused", refusal: "other_meter" },
      }),
    );
    expect(await receipt()).toMatchObject({
      ...{ state: "refused", refusal: "other_meter", meterSerial: "GAS-4711" },
      ...{ decidedAt: expect.any(Date), linkedAs: null },
    });
  });

  test("R28 another customer's is not found, by either wall", async ({ world }) => {
    const mine = await makeTold(world);
    const other = await makeCustomer(world.db, { company: mine.company });
    const asked = (code: string) => world.web(other.actor, (ctx) => findReadingReceipt(ctx, code));
    expect(await asked(mine.receiptCode)).toBeNull();
    expect(await asked("AL-NONE0-00000")).toBeNull();
    expect(
      await findReadingReceipt({ db: world.db, actor: other.actor }, mine.receiptCode),
    ).toBeNull();
  });
});
