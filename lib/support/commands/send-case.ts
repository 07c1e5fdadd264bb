import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { contracts, holders, supportCases } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor, VisitorActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type Limit, withinLimits } from "@/lib/auth/limits";
import { newReceiptCode } from "@/lib/auth/token";
import { findCompany } from "@/lib/companies/queries";
import { visibleContracts } from "@/lib/contracts/scope";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { enqueue } from "@/lib/jobs/queue";
import type { caseSchema, ownCaseSchema } from "../schema";
import { visibleCases } from "../scope";

type CaseInput = z.output<typeof caseSchema> & { language: Language; ip: string };
type OwnCaseInput = z.output<typeof ownCaseSchema>;
type NewCase = Omit<typeof supportCases.$inferInsert, "id" | "caseCode">;
type Sender = CustomerActor | VisitorActor;

export type SendCaseRefusal = "companyMissing" | "busy";

/** What a case's code begins with: reclamo, domanda. */
const PREFIX = { complaint: "RE", question: "DO" } as const;

/**
 * Takes a complaint or a question of somebody who has not signed in. Nothing of what they typed is looked up, so
 * that the page cannot tell who is known (R3); their browser's secret alone reads the receipt. The same form with
 * the same words again is the same case.
 */
export async function sendCase(
  ctx: Context<VisitorActor>,
  { company: slug, ip, formKey, ...written }: CaseInput,
): Promise<Result<{ caseId: string }, SendCaseRefusal>> {
  const { tokenHash } = ctx.actor;
  if (!tokenHash) {
    throw new NotFoundError("receipt's secret");
  }
  const company = await findCompany(ctx.db, slug);
  if (!company) {
    return fail("companyMissing");
  }
  const sendingHash = sendingHashOf(formKey, tokenHash, { slug, ...written });
  const before = await findSent(ctx, sendingHash);
  if (before) {
    return ok(before);
  }
  const limits: [Limit, string][] = [
    ...(written.email ? [["case_email", written.email] satisfies [Limit, string]] : []),
    ["case_ip", ip],
    ["case_all", "all"],
  ];
  if (!(await withinLimits(ctx.db, limits))) {
    return fail("busy");
  }
  return await inTransaction(ctx, async (tx) =>
    ok(
      await keepCase(tx, {
        ...written,
        companyId: company.id,
        sendingHash,
        receiptHash: Buffer.from(tokenHash, "hex"),
      }),
    ),
  );
}

/**
 * The same of a customer, about one of their contracts; the answer goes to the account's e-mail.
 * @throws {NotFoundError} for a contract that is not in their account (R28)
 */
export async function sendOwnCase(
  ctx: Context<CustomerActor>,
  { contractId, formKey, ...written }: OwnCaseInput,
): Promise<Result<{ caseId: string }, "busy">> {
  const sendingHash = sendingHashOf(formKey, ctx.actor.accountId, { contractId, ...written });
  const before = await findSent(ctx, sendingHash);
  if (before) {
    return ok(before);
  }
  const within = await withinLimits(ctx.db, [
    ["case_account", ctx.actor.accountId],
    ["case_all", "all"],
  ]);
  if (!within) {
    return fail("busy");
  }
  return await inTransaction(ctx, async (tx) => {
    const { db, actor } = tx;
    const [contract] = await db
      .select({
        companyId: contracts.companyId,
        contractId: contracts.id,
        commodity: contracts.commodity,
        name: holders.name,
      })
      .from(contracts)
      .innerJoin(holders, eq(holders.id, contracts.holderId))
      .where(and(eq(contracts.id, contractId), visibleContracts(actor)));
    if (!contract) {
      throw new NotFoundError("contract");
    }
    const { accountId, email, language } = actor;
    return ok(
      await keepCase(tx, { ...written, ...contract, accountId, email, language, sendingHash }),
    );
  });
}

/** Who sent which words by which form; null where the form has no key. */
function sendingHashOf(formKey: string | undefined, who: string, words: object): Uint8Array | null {
  return formKey
    ? createHash("sha256")
        .update(JSON.stringify([formKey, who, words]))
        .digest()
    : null;
}

/** What the sender has sent by this form with these words already (R28). */
async function findSent(
  ctx: Context<Sender>,
  sendingHash: Uint8Array | null,
): Promise<{ caseId: string } | null> {
  if (!sendingHash) {
    return null;
  }
  return await inTransaction(ctx, async ({ db, actor }) => {
    const [found] = await db
      .select({ caseId: supportCases.id })
      .from(supportCases)
      .where(and(eq(supportCases.sendingHash, sendingHash), visibleCases(actor)));
    return found ?? null;
  });
}

/** Keeps it, and has its copy mailed, both or neither; audited without a word of it (R30). */
async function keepCase(
  tx: TxContext<Sender>,
  { sendingHash = null, ...written }: NewCase,
): Promise<{ caseId: string }> {
  // Made here: a visitor reads a row by its secret alone.
  const id = uuidv7();
  const { kind, companyId } = written;
  const kept = await tx.db
    .insert(supportCases)
    .values({ ...written, sendingHash, id, caseCode: newReceiptCode(PREFIX[kind]) })
    .onConflictDoNothing({ target: supportCases.sendingHash })
    .returning({ id: supportCases.id });
  if (kept.length === 0) {
    // The other of two that came at once was first.
    const first = await findSent(tx, sendingHash);
    if (!first) {
      throw new NotFoundError("case");
    }
    return first;
  }
  if (written.email) {
    await enqueue(tx, "mail_case", { caseId: id, what: "receipt" });
  }
  await recordAudit(tx, {
    action: kind === "complaint" ? "sent_complaint" : "sent_question",
    subjectKind: "support_case",
    subjectId: id,
    companyId,
  });
  return { caseId: id };
}
