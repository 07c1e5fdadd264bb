import { and, eq, inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accountMails, auditLog, selfReadings } from "@/db/schema";
import { eraseAccount } from "@/lib/accounts/commands/erase-account";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { decideSelfReading } from "@/lib/consumption/commands/decide-self-reading";
import { decideSelfReadings } from "@/lib/consumption/commands/decide-self-readings";
import { exportSelfReadings } from "@/lib/consumption/commands/export-self-readings";
import { submitSelfReading } from "@/lib/consumption/commands/submit-self-reading";
import { ImportRefusedError } from "@/lib/imports/errors";
import { countOf, decisionsFile, makeReader, TODAY } from "../factories/meter-readers";
import { makeStaff } from "../factories/people";
import { type Clone, cloneDatabase } from "../setup/database";

vi.setConfig({ testTimeout: 60_000 });

let clone: Clone;
let system: Context<SystemActor>;

beforeAll(async () => {
  clone = await cloneDatabase();
  system = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
});
afterAll(() => clone.drop());

const committed = () => clone.superuser.db.transaction((tx) => makeReader(tx));
type Committed = Awaited<ReturnType<typeof committed>>;
const submit = (mine: Committed) =>
  submitSelfReading({ db: clone.web.db, actor: mine.actor }, countOf(mine), TODAY);
async function told() {
  const mine = await committed();
  const sent = await submit(mine);
  if (!sent.ok) {
    throw new Error(sent.code);
  }
  return { ...mine, receiptCode: sent.value.receiptCode };
}
const staff = (role: "operator" | "admin") =>
  clone.superuser.db.transaction((tx) => makeStaff(tx, role));
const db = () => clone.superuser.db;

describe("R17 at once", () => {
  test("a form that is sent eight times is one self-reading with one receipt", async () => {
    const mine = await committed();
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(mine)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.ok).toBe(true);
    const ofMine = eq(selfReadings.accountId, mine.account.id);
    expect(await db().$count(selfReadings, ofMine)).toBe(1);
    const ofAudit = and(
      eq(auditLog.actorId, mine.account.id),
      eq(auditLog.action, "told_self_reading"),
    );
    expect(await db().$count(auditLog, ofAudit)).toBe(1);
  });

  test("four exports hand each self-reading to one of them", async () => {
    const mine = await Promise.all(Array.from({ length: 5 }, told));
    const written: string[] = [];
    await Promise.all(
      Array.from({ length: 4 }, () =>
        exportSelfReadings(system, {
          write: async (rows) => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            written.push(...rows.map(({ receiptCode }) => receiptCode));
          },
        }),
      ),
    );
    const codes = mine.map(({ receiptCode }) => receiptCode);
    expect(written.filter((code) => codes.includes(code)).sort()).toEqual(codes.sort());
    expect(new Set(written).size).toBe(written.length);
  });

  test("of decisions from two desks and a file one stands: one mail, one row of the audit log", async () => {
    const [operator, admin] = [await staff("operator"), await staff("admin")];
    for (let round = 0; round < 5; round += 1) {
      const { receiptCode: code, account } = await told();
      const file = await decisionsFile(`${code};refused;other_meter`);
      const outcomes = await Promise.all([
        decideSelfReading(
          { db: clone.web.db, actor: operator },
          { code, state: "accepted", refusal: null },
        ).then(({ ok }) => ok),
        decideSelfReading(
          { db: clone.web.db, actor: admin },
          { code, state: "refused", refusal: "implausible" },
        ).then(({ ok }) => ok),
        decideSelfReadings(system, file).then(
          ({ decided }) => decided === 1,
          (error: unknown) => {
            expect(error).toBeInstanceOf(ImportRefusedError);
            return false;
          },
        ),
      ]);
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await db().$count(accountMails, eq(accountMails.accountId, account.id))).toBe(1);
      const entries = await db()
        .select({ action: auditLog.action })
        .from(auditLog)
        .where(
          and(
            inArray(auditLog.action, ["accepted_self_reading", "refused_self_reading"]),
            sql`${auditLog.detail} ->> 'receiptCode' = ${code}`,
          ),
        );
      const [row] = await db()
        .select({ state: selfReadings.state })
        .from(selfReadings)
        .where(eq(selfReadings.receiptCode, code));
      expect(entries).toEqual([{ action: `${row?.state}_self_reading` }]);
    }
  });

  test("R7 a decision and the deletion of the account leave no address behind", async () => {
    const operator = await staff("operator");
    for (let round = 0; round < 6; round += 1) {
      const { receiptCode: code, account, actor } = await told();
      const [decided] = await Promise.all([
        decideSelfReading(
          { db: clone.web.db, actor: operator },
          { code, state: "accepted", refusal: null },
        ),
        inTransaction({ db: clone.web.db, actor }, (tx) => eraseAccount(tx, { farewell: false })),
      ]);
      expect(decided.ok).toBe(true);
      const left = await db().$count(accountMails, eq(accountMails.toEmail, account.email));
      expect(left).toBe(0);
    }
  });
});
