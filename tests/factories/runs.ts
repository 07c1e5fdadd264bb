import type { Transaction } from "@/db/client";
import { deliveryChoices } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { openRun } from "@/lib/runs/commands/open-run";
import type { makeCustomer } from "./people";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

/** A customer's choice, stamped in the past so that cut-offs of tests come after it. */
export async function choose(
  db: Transaction,
  { company, contract, account }: Customer,
  mode: "electronic" | "paper" = "electronic",
  chosenAt = new Date("2026-01-01T00:00:00Z"),
) {
  await db.insert(deliveryChoices).values({
    companyId: company.id,
    contractId: contract.id,
    accountId: account.id,
    mode,
    noticeVersion: "1",
    origin: "customer",
    chosenAt,
  });
}

/** Opens a run whose cut-off has passed, and freezes it. */
export async function frozenRun(ctx: Context<SystemActor>, company: string, name = "2026-05") {
  const cutOffAt = new Date("2026-05-15T16:00:00Z");
  const opened = await openRun(ctx, { company, cutOffAt, name });
  const frozen = await freezeRun(ctx, { company, run: name });
  if (!opened.ok || !frozen.ok) {
    throw new Error("the test's run was not frozen");
  }
  return frozen.value;
}
