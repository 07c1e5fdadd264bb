import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { forgetDeletedRows } from "./commands/forget-deleted-rows";
import { forgetDirectUploads } from "./commands/forget-direct-uploads";
import { forgetImports } from "./commands/forget-imports";
import { forgetOrphans } from "./commands/forget-orphans";
import { resumeUploads, runUpload } from "./commands/run-uploads";

const importSchema = z.object({ importId: z.uuid() });

/** `run_import`: checks an uploaded file and applies it; what came of it stands in its record. */
export async function runImportJob(
  ctx: Context<SystemActor>,
  payload: unknown,
  stop: AbortSignal,
): Promise<void> {
  await runUpload(ctx, importSchema.parse(payload).importId, stop);
}

/** `resume_imports`, every minute: what a killed worker left behind. */
export async function resumeImportsJob(ctx: Context<SystemActor>): Promise<void> {
  await resumeUploads(ctx);
}

/** `forget_imports`, every hour: rows of rejected files, uploads, what reverts need, and what killed processes left. */
export async function forgetImportsJob(ctx: Context<SystemActor>): Promise<void> {
  await forgetDeletedRows(ctx);
  await forgetImports(ctx);
  await forgetOrphans(ctx);
  await forgetDirectUploads(ctx);
}
