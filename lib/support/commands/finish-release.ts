import { and, asc, eq, sql } from "drizzle-orm";
import { accounts, contractLinks, contractReleases, contracts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashCode } from "@/lib/auth/token";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { wakeSenders } from "@/lib/jobs/queue";
import { queueAccountMail } from "@/lib/mail/account-mails";
import { assertMayHelpCustomers, readReleaseCode } from "../rules";

export type ReleaseRefusal = "wrong_code" | "same_person" | "expired" | "finished" | "void";

/**
 * Releases an account's contracts, for another member of staff than who began it, with the code of the letter
 * (R6): links and sessions end, paper from the next freeze on and for what was never attempted. The account
 * stays, without contracts. After five wrong codes the letter is void. Audited on the account, refusals too (R30).
 * @throws {ForbiddenError} for a role we do not know
 * @throws {NotFoundError} if there is no such release
 */
export async function finishRelease(
  ctx: Context<StaffActor>,
  { releaseId, code }: { releaseId: string; code: string },
): Promise<Result<{ contracts: number }, ReleaseRefusal>> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "release contracts");
    const hash = hashCode(readReleaseCode(code)).toString("hex");
    const [answer] = await tx.db.execute<{ outcome: ReleaseRefusal | "released" | null }>(
      sql`select release_contracts(${releaseId}, decode(${hash}, 'hex')) as outcome`,
    );
    if (!answer?.outcome) {
      throw new NotFoundError("release");
    }
    const { outcome } = answer;
    const { account, released } = await whatLeft(tx, releaseId);
    await recordAudit(tx, {
      action: outcome === "released" ? "released_contracts" : "refused_release",
      subjectKind: "account",
      subjectId: account.id,
      companyId: account.companyId,
      detail: {
        release: releaseId,
        ...(outcome === "released" ? { contracts: released.length } : { outcome }),
      },
    });
    if (outcome !== "released") {
      return fail(outcome);
    }
    await queueAccountMail(tx, {
      template: "contracts-released",
      companyId: account.companyId,
      accountId: account.id,
      toEmail: account.email,
      language: account.language,
      params: { contractNumbers: released.join(", ") },
    });
    // The other members of batches that lost one wait for a new batch.
    await wakeSenders(tx);
    return ok({ contracts: released.length });
  });
}

/** Whose release it is, and the numbers of the contracts that have left by it. */
async function whatLeft({ db }: TxContext<StaffActor>, releaseId: string) {
  const rows = await db
    .select({
      id: accounts.id,
      email: accounts.email,
      language: accounts.language,
      companyId: contractReleases.companyId,
      contractNumber: contracts.contractNumber,
    })
    .from(contractReleases)
    .innerJoin(accounts, eq(accounts.id, contractReleases.accountId))
    .leftJoin(
      contractLinks,
      and(
        eq(contractLinks.accountId, accounts.id),
        eq(contractLinks.endedBecause, "released"),
        eq(contractLinks.endedAt, contractReleases.finishedAt),
      ),
    )
    .leftJoin(
      contracts,
      and(
        eq(contracts.companyId, contractLinks.companyId),
        eq(contracts.id, contractLinks.contractId),
      ),
    )
    .where(eq(contractReleases.id, releaseId))
    .orderBy(asc(contracts.contractNumber));
  const [account] = rows;
  if (!account) {
    throw new NotFoundError("release");
  }
  return { account, released: rows.flatMap((row) => row.contractNumber ?? []) };
}
