import { and, eq, inArray, sql } from "drizzle-orm";
import { imports } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { actorId } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { enqueue } from "@/lib/jobs/queue";
import { type ImportActor, isEnded, requireImporter } from "../rules";

type State = (typeof imports.$inferSelect)["state"];

/**
 * Applies what was only checked so far: the file is checked again, since the world goes on.
 * @throws {NotFoundError} if there is no such import
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function applyChecked(
  ctx: Context<ImportActor>,
  importId: string,
): Promise<Result<null, "not_checked" | "no_file">> {
  requireImporter(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const found = await find(tx, importId);
    if (found.state === "checked" && found.storageKey === null) {
      return fail("no_file");
    }
    const [asked] = await tx.db
      .update(imports)
      .set({ state: "received", options: { ...found.options, dryRun: false } })
      .where(and(eq(imports.id, importId), eq(imports.state, "checked")))
      .returning({ id: imports.id });
    if (!asked) {
      return fail("not_checked");
    }
    await recordAudit(tx, {
      action: "applied_checked_import",
      companyId: found.companyId,
      subjectKind: "import",
      subjectId: importId,
    });
    await enqueue(tx, "run_import", { importId }, `run-import-${importId}`);
    return ok(null);
  });
}

/**
 * Gives an import up. What was applied of it stays; whoever carries it out stops at its next batch. Staff
 * may do so before anything is applied, the command line always.
 * @throws {NotFoundError} if there is no such import
 * @throws {ForbiddenError} for a role that loads no files
 */
export async function cancelImport(
  ctx: Context<ImportActor>,
  importId: string,
): Promise<Result<{ applied: number }, "ended" | "under_way">> {
  requireImporter(ctx.actor);
  return await inTransaction(ctx, async (tx) => {
    const { state, applied, companyId } = await find(tx, importId);
    if (isEnded(state)) {
      return fail("ended");
    }
    const open: State[] =
      tx.actor.kind === "staff"
        ? ["received", "checked"]
        : ["received", "checked", "checking", "applying"];
    const [given] = await tx.db
      .update(imports)
      .set({
        state: "cancelled",
        cancelledBy: actorId(tx.actor),
        finishedAt: sql`clock_timestamp()`,
      })
      .where(and(eq(imports.id, importId), inArray(imports.state, open)))
      .returning({ id: imports.id });
    if (!given) {
      return fail("under_way");
    }
    await recordAudit(tx, {
      action: "cancelled_import",
      companyId,
      subjectKind: "import",
      subjectId: importId,
      detail: { applied },
    });
    return ok({ applied });
  });
}

async function find({ db }: Context, importId: string) {
  const [found] = await db
    .select({
      companyId: imports.companyId,
      state: imports.state,
      applied: imports.applied,
      options: imports.options,
      storageKey: imports.storageKey,
    })
    .from(imports)
    .where(eq(imports.id, importId));
  if (!found) {
    throw new NotFoundError("import");
  }
  return found;
}
