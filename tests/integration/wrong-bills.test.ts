import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { documents, staff } from "@/db/schema";
import type { CustomerActor, StaffRole, SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { hashPassword } from "@/lib/auth/password";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";
import { listBills } from "@/lib/documents/queries/bill-list";
import { findBill } from "@/lib/documents/queries/bills";
import { drainMails } from "@/lib/jobs/sender";
import { billsFile, newFolder, writeText } from "../factories/import-files";
import { makeCompany, makeCustomer, makeStaff, must } from "../factories/people";
import { choose } from "../factories/runs";
import { startProvider } from "../provider/server";
import { commandLine, refused } from "../setup/command-line";
import { type Clone, cloneDatabase } from "../setup/database";

// Each line of the test starts a process.
vi.setConfig({ testTimeout: 300_000 });

const PASSWORD = "a long enough password";
const REASON = "Il prezzo era sbagliato.";

let clone: Clone;
let provider: Awaited<ReturnType<typeof startProvider>>;
let sportello: ReturnType<typeof commandLine>;
let ctx: Context<SystemActor>;
let emails: Record<"operator" | "admin", string>;
let customer: Awaited<ReturnType<typeof makeCustomer>>;

beforeAll(async () => {
  provider = await startProvider({ apiKey: String(process.env.RESEND_API_KEY) });
  process.env.RESEND_BASE_URL = provider.url;
  clone = await cloneDatabase();
  ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } };
  sportello = commandLine(clone, await newFolder());
  const passwordHash = await hashPassword(PASSWORD);
  await clone.superuser.db.transaction(async (db) => {
    const company = await makeCompany(db, { withdrawAbove: 0 });
    customer = await makeCustomer(db, { company });
    await choose(db, customer);
    const made = async (role: StaffRole) => (await makeStaff(db, role)).email;
    emails = { operator: await made("operator"), admin: await made("admin") };
    await db.update(staff).set({ passwordHash });
  });
});
afterAll(async () => {
  await provider.close();
  await clone.drop();
});

/** As an operator at the shell; what is said must be right. */
async function operator(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sportello(args);
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/rror/)]);
  return stdout;
}
const as = (who: keyof typeof emails, ...args: string[]) =>
  sportello([...args, "--as", emails[who]], { input: `${PASSWORD}\n` });

const asCustomer = <T>(work: (own: Context<CustomerActor>) => Promise<T>) =>
  work({ db: clone.web.db, actor: customer.actor });

/** What went out since the last look, by subject, in the order of the alphabet. */
let seen = 0;
async function newMails(): Promise<string[]> {
  await drainMails(ctx);
  const mails = provider.ledger.all().slice(seen);
  seen += mails.length;
  return mails.map(({ to, subject }) => `${to}: ${subject}`).sort();
}

test("R21 wrong bills: published, withdrawn by two people, told, replaced, each mail once", async () => {
  const { contractNumber } = customer.contract;
  const bill = (total: string) =>
    billsFile({ bill_number: "W-1", contract_number: contractNumber, total_eur: total });
  const { email } = customer.account;

  // The wrong bill goes out.
  await operator("run", "open", "--name", "prova", "--cut-off", "now");
  await operator("run", "freeze", "prova");
  await operator("import", "bills", await bill("183,40"), "--run", "prova");
  await operator("run", "publish", "prova");
  expect(await newMails()).toEqual([expect.stringMatching(`^${email}: .*183,40`)]);
  const [wrong] = await clone.superuser.db.select().from(documents);
  const { id: wrongId } = must(wrong);
  expect(await asCustomer((own) => findBill(own, wrongId))).toMatchObject({ totalCents: 18_340 });

  // Taken back: asked for by one, done by another.
  const numbers = await writeText("numbers.txt", "W-1\n");
  const withdraw = ["run", "withdraw", "prova", "--bills", numbers, "--reason", REASON];
  const asked = await as("operator", ...withdraw, "--json");
  const { withdrawalId, carriedOut } = JSON.parse(asked.stdout);
  expect(carriedOut).toBe(false);
  expect(await newMails()).toEqual([]);
  const approve = ["run", "approve", "prova", "--withdrawal", withdrawalId];
  expect(refused(await as("operator", ...approve))).toBe(
    "You asked for this withdrawal yourself; another person must approve it.",
  );
  expect((await as("admin", ...approve)).stdout).toMatch(
    /^Documents withdrawn: 1; customers told by e-mail: 1\.$/m,
  );
  expect(await newMails()).toEqual([
    expect.stringMatching(`^${email}: Bolletta W-1: non vale più`),
  ]);
  expect(await asCustomer((own) => findBill(own, wrongId))).toMatchObject({
    withdrawal: { reason: REASON },
  });
  expect((await asCustomer((own) => listBills(own))).bills).toEqual([]);

  // The right one, under the same number.
  const right = await bill("83,40");
  await operator("import", "bills", right, "--single");
  expect(await newMails()).toEqual([expect.stringMatching(`^${email}: .*[^1]83,40`)]);
  const { bills } = await asCustomer((own) => listBills(own));
  expect(bills).toMatchObject([{ billNumber: "W-1", totalCents: 8_340 }]);
  const replaced = await asCustomer((own) => findBill(own, wrongId));
  expect(replaced?.withdrawal).toMatchObject({ replacement: { id: must(bills[0]).id } });

  // The same file once more, and the same withdrawal, change nothing and tell nobody.
  expect(await operator("import", "bills", right, "--single")).toMatch(/unchanged/i);
  expect(refused(await sportello(withdraw))).toBe("Withdrawn before: W-1; leave it out.");
  expect(await newMails()).toEqual([]);

  // The run closes: what was withdrawn is excluded, with its reason.
  await foldEvents(ctx);
  expect(await operator("run", "reconcile", "prova")).toMatch(/withdrawn/);
  await operator("run", "close", "prova");
  const [kept] = await clone.superuser.db.select().from(documents).where(eq(documents.id, wrongId));
  expect(kept).toMatchObject({ totalCents: 18_340, withdrawnAt: expect.any(Date) });
});
