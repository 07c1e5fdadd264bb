import { and, eq, isNull, sql } from "drizzle-orm";
import { companies, contractLinks, contractReleases, contracts, holders } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { StaffActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { releaseCode } from "@/lib/auth/token";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { assertMayHelpCustomers, MOST_WRONG_CODES, shownReleaseCode } from "../rules";

/** What stands in the letter to the billing address (R6). */
export interface ReleaseLetter {
  language: Language;
  company: { name: string; accentColor: string; senderEmail: string; supportPhone: string };
  holderName: string;
  billingAddress: string;
  contractNumber: string;
  /** `XXXXX-XXXXX`. */
  code: string;
  startedAt: Date;
  expiresAt: Date;
}

/**
 * The letter with a release's code, for who began it and while the release is open: nobody else sees the code.
 * Each time is audited on the account (R6, R30).
 * @throws {ForbiddenError} for anybody else
 * @throws {NotFoundError} if there is none, it is not open, or the contract has left the account
 */
export async function printReleaseLetter(
  ctx: Context<StaffActor>,
  { releaseId }: { releaseId: string },
): Promise<ReleaseLetter> {
  return await inTransaction(ctx, async (tx) => {
    assertMayHelpCustomers(tx.actor, "print a release's letter");
    const [found] = await tx.db
      .select({
        accountId: contractReleases.accountId,
        companyId: contractReleases.companyId,
        startedBy: contractReleases.startedBy,
        letter: {
          language: holders.language,
          holderName: holders.name,
          billingAddress: contracts.billingAddress,
          contractNumber: contracts.contractNumber,
          startedAt: contractReleases.startedAt,
          expiresAt: contractReleases.expiresAt,
        },
        company: {
          name: companies.name,
          accentColor: companies.accentColor,
          senderEmail: companies.senderEmail,
          supportPhone: companies.supportPhone,
        },
      })
      .from(contractReleases)
      .innerJoin(
        contractLinks,
        and(
          eq(contractLinks.companyId, contractReleases.companyId),
          eq(contractLinks.contractId, contractReleases.contractId),
          eq(contractLinks.accountId, contractReleases.accountId),
          isNull(contractLinks.endedAt),
        ),
      )
      .innerJoin(
        contracts,
        and(
          eq(contracts.companyId, contractReleases.companyId),
          eq(contracts.id, contractReleases.contractId),
        ),
      )
      .innerJoin(holders, eq(holders.id, contracts.holderId))
      .innerJoin(companies, eq(companies.id, contractReleases.companyId))
      .where(
        and(
          eq(contractReleases.id, releaseId),
          isNull(contractReleases.finishedAt),
          sql`${contractReleases.expiresAt} > clock_timestamp()`,
          sql`${contractReleases.wrongCodes} < ${MOST_WRONG_CODES}`,
        ),
      );
    if (!found) {
      throw new NotFoundError("release");
    }
    if (found.startedBy !== tx.actor.staffId) {
      throw new ForbiddenError("print somebody else's letter");
    }
    await recordAudit(tx, {
      action: "printed_release_letter",
      subjectKind: "account",
      subjectId: found.accountId,
      companyId: found.companyId,
      detail: { release: releaseId },
    });
    return {
      ...found.letter,
      company: found.company,
      code: shownReleaseCode(releaseCode(releaseId)),
    };
  });
}
