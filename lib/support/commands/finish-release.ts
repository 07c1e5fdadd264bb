import { and, asc, eq, sql } from "drizzle-orm";
import { accounts, contractLinks, contractReleases, contracts } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { releaseHashes } from "@/lib/auth/token";
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
    const hashes = releaseHashes(releaseId, readReleaseCode(code));
    const outcome = await release(tx, releaseId, hashes);
    if (!outcome) {
      throw new NotFoundError("release");
    }
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

class WrongCode extends Error {}

/** By the first hash that is right; of wrong ones, only the last counts as a try. */
async function release(
  tx: TxContext<StaffActor>,
  releaseId: string,
  [hash, ...others]: Buffer[],
): Promise<ReleaseRefusal | "released" | null> {
  const attempt = async ({ db }: TxContext<StaffActor>) => {
    const [answer] = await db.execute<{ outcome: ReleaseRefusal | "released" | null }>(
      sql`select release_contracts(${releaseId}, decode(${hash?.toString("hex") ?? ""}, 'hex')) as outcome`,
    );
    return answer?.outcome ?? null;
  };
  if (others.length === 0) {
    return await attempt(tx);
  }
  try {
    return await inTransaction(tx, async (inner) => {
      const outcome = await attempt(inner);
      if (outcome === "wrong_code") {
        throw new WrongCode();
      }
      return outcome;
    });
  } catch (error) {
    if (!(error instanceof WrongCode)) {
      throw error;
    }
    return await release(tx, releaseId, others);
  }
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
