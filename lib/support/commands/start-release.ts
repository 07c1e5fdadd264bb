import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { accounts, contractLinks, contractReleases, contracts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashCode, releaseCode } from "@/lib/auth/token";
import { fail, NotFoundError, ok, type Result, violatedConstraint } from "@/lib/errors";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { assertMayHelpCustomers, RELEASE_DAYS, releaseState } from "../rules";
import type { startReleaseSchema } from "../schema";
import { closeRelease } from "./cancel-release";

type StartInput = z.output<typeof startReleaseSchema>;

/**
 * Begins to release the contracts of an account whose mailbox is lost (R6): a letter with a code goes to the
 * billing address of one of its contracts, and a mail to the mailbox, in case somebody reads it after all. A
 * release that can lead nowhere any more gives way. Audited on the account (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such account, or the contract is not in it
 */
export async function startRelease(
  ctx: Context<StaffActor>,
  input: StartInput,
): Promise<Result<{ releaseId: string }, "already_open">> {
  try {
    return await inTransaction(ctx, (tx) => start(tx, input));
  } catch (error) {
    // Somebody was faster.
    if (violatedConstraint(error) === "contract_releases_one_open") {
      return fail("already_open");
    }
    throw error;
  }
}

async function start(
  tx: TxContext<StaffActor>,
  input: StartInput,
): Promise<Result<{ releaseId: string }, "already_open">> {
  assertMayHelpCustomers(tx.actor, "start a release");
  const account = await linkedAccount(tx, input);
  const { db, actor } = tx;
  const [open] = await db
    .select({
      id: contractReleases.id,
      outcome: contractReleases.outcome,
      wrongCodes: contractReleases.wrongCodes,
      expiresAt: contractReleases.expiresAt,
    })
    .from(contractReleases)
    .where(
      and(eq(contractReleases.accountId, input.accountId), isNull(contractReleases.finishedAt)),
    );
  if (open && releaseState(open, new Date()) === "open") {
    return fail("already_open");
  }
  if (open) {
    await closeRelease(tx, open.id);
  }
  const releaseId = uuidv7();
  await db.insert(contractReleases).values({
    id: releaseId,
    accountId: input.accountId,
    companyId: account.companyId,
    contractId: input.contractId,
    reason: input.reason,
    codeHash: hashCode(releaseCode(releaseId)),
    startedBy: actor.staffId,
    expiresAt: sql`clock_timestamp() + make_interval(days => ${RELEASE_DAYS})`,
  });
  await queueAccountMail(tx, {
    template: "release-started",
    companyId: account.companyId,
    accountId: input.accountId,
    toEmail: account.email,
    language: account.language,
    params: { contractNumber: account.contractNumber },
  });
  await recordAudit(tx, {
    action: "started_release",
    subjectKind: "account",
    subjectId: input.accountId,
    companyId: account.companyId,
    detail: { release: releaseId },
  });
  return ok({ releaseId });
}

async function linkedAccount({ db }: TxContext<StaffActor>, { accountId, contractId }: StartInput) {
  const [account] = await db
    .select({
      email: accounts.email,
      language: accounts.language,
      companyId: contracts.companyId,
      contractNumber: contracts.contractNumber,
    })
    .from(accounts)
    .innerJoin(
      contractLinks,
      and(eq(contractLinks.accountId, accounts.id), isNull(contractLinks.endedAt)),
    )
    .innerJoin(
      contracts,
      and(
        eq(contracts.companyId, contractLinks.companyId),
        eq(contracts.id, contractLinks.contractId),
      ),
    )
    .where(
      and(eq(accounts.id, accountId), isNull(accounts.deletedAt), eq(contracts.id, contractId)),
    );
  if (!account) {
    throw new NotFoundError("account");
  }
  return account;
}
