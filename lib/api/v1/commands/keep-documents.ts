import { and, eq, sql } from "drizzle-orm";
import { apiDocuments, imports } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { isEnded } from "@/lib/imports/rules";
import { ProblemError } from "../problem";
import { DOCUMENTS_DAYS } from "../rules";

export interface StoredZip {
  id: string;
  companyId: number;
  storageKey: string;
  bytes: number;
  sha256: string;
}

/** Keeps a ZIP that is in the storage for the bills that will name it. */
export async function keepDocuments(ctx: Context<SystemActor>, zip: StoredZip): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await tx.db.insert(apiDocuments).values({ ...zip, createdBy: tx.actor.name });
    await recordAudit(tx, {
      action: "received_documents",
      companyId: zip.companyId,
      subjectKind: "documents",
      subjectId: zip.id,
      detail: { bytes: zip.bytes },
    });
  });
}

/**
 * The storage key of a ZIP for an import that is about to be received, which has it from now on: an earlier one
 * that has ended gives it up, and so does not take it along when it is forgotten.
 * @throws {ProblemError} if the company has no such ZIP any more, or another import still needs it
 */
export async function takeDocuments(
  { db }: TxContext<SystemActor>,
  { id, companyId }: { id: string; companyId: number },
): Promise<string> {
  const [zip] = await db
    .select()
    .from(apiDocuments)
    .where(and(eq(apiDocuments.id, id), eq(apiDocuments.companyId, companyId)))
    .for("update");
  const gone = new ProblemError(
    "refused",
    `There is no ZIP ${id} any more, or never was; store it with POST /documents within ${DOCUMENTS_DAYS} days before.`,
  );
  if (!zip) {
    throw gone;
  }
  if (zip.importId === null) {
    return zip.storageKey;
  }
  const [user] = await db
    .select({ state: imports.state, documentsKey: imports.documentsKey })
    .from(imports)
    .where(eq(imports.id, zip.importId))
    .for("update");
  if (user && !isEnded(user.state)) {
    throw new ProblemError(
      "not_possible",
      `The import ${zip.importId} still needs the ZIP; let it end, apply or cancel it first.`,
      { reason: "documents_in_use" },
    );
  }
  if (user?.documentsKey !== zip.storageKey) {
    throw gone;
  }
  await db.update(imports).set({ documentsKey: null }).where(eq(imports.id, zip.importId));
  return zip.storageKey;
}

/** Notes which import has a ZIP now. */
export async function giveDocuments(
  { db }: TxContext<SystemActor>,
  given: { id: string; importId: string },
): Promise<void> {
  await db
    .update(apiDocuments)
    .set({ importId: sql`${given.importId}::uuid` })
    .where(eq(apiDocuments.id, given.id));
}
