import { eq, sql } from "drizzle-orm";
import { describe, expect } from "vitest";
import { accounts, auditLog, deliveryChoices } from "@/db/schema";
import { changeLanguage } from "@/lib/accounts/commands/change-language";
import { chooseDelivery } from "@/lib/delivery/commands/choose-delivery";
import { makeCustomer } from "../factories/people";
import { test, type World } from "../setup/database";

/** Runs a statement as a role in a savepoint of its own, so that the test goes on after a refusal. */
async function attempt({ db }: World, role: string, statement: string) {
  await db.transaction(async (tx) => {
    await tx.execute(sql.raw(`set local role ${role}`));
    await tx.execute(sql.raw(statement));
    await tx.execute(sql.raw("reset role"));
  });
}

const CHANGES = [
  "update audit_log set action = 'nothing'",
  "delete from audit_log",
  "truncate audit_log",
];

describe("the audit log", () => {
  for (const change of CHANGES) {
    test(`R30 the worker and the web may not ${change}`, async ({ world }) => {
      for (const role of ["sportello_worker", "sportello_web"]) {
        await expect(attempt(world, role, change)).rejects.toMatchObject({
          cause: { code: "42501" },
        });
      }
    });

    test(`R30 is append-only even for its owner: ${change}`, async ({ world }) => {
      await expect(attempt(world, "sportello_owner", change)).rejects.toMatchObject({
        cause: { message: "the audit log is append-only" },
      });
    });

    test(`R30 is append-only by its trigger, whatever is granted: ${change}`, async ({ world }) => {
      await world.db.execute(sql`grant all on audit_log to sportello_worker`);
      await expect(attempt(world, "sportello_worker", change)).rejects.toMatchObject({
        cause: { message: "the audit log is append-only" },
      });
    });
  }

  test("R30 the web reads none of it", async ({ world }) => {
    await expect(attempt(world, "sportello_web", "select 1 from audit_log")).rejects.toMatchObject({
      cause: { code: "42501" },
    });
  });

  const PAPER = { mode: "paper", email: null, acceptedNotice: null } as const;

  test("R30 a command that fails later takes its audit row back", async ({ world }) => {
    const { actor, contract } = await makeCustomer(world.db);
    // The choice's mail is queued after its audit row is written.
    await world.db.execute(sql`revoke insert on account_mails from sportello_web`);
    await expect(
      world.web(actor, (ctx) => chooseDelivery(ctx, { ...PAPER, contractId: contract.id })),
    ).rejects.toThrow();
    expect(await world.db.select().from(deliveryChoices)).toEqual([]);
    const audited = await world.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subjectId, contract.id));
    expect(audited).toEqual([]);
  });

  test("R30 what cannot be audited is not done", async ({ world }) => {
    const { actor, account } = await makeCustomer(world.db);
    await world.db.execute(sql`revoke insert on audit_log from sportello_web`);
    await expect(
      world.web(actor, (ctx) => changeLanguage(ctx, { language: "de" })),
    ).rejects.toThrow();
    const [kept] = await world.db
      .select({ language: accounts.language })
      .from(accounts)
      .where(eq(accounts.id, account.id));
    expect(kept).toEqual({ language: "it" });
  });
});
