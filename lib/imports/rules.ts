import { IMPORT_KINDS, type IMPORT_STATES } from "@/db/schema";
import type { Actor, StaffActor, SystemActor } from "@/lib/auth/actor";
import { ForbiddenError } from "@/lib/errors";

/** Who loads files: the command line, jobs and API keys, or operators and admins. */
export type ImportActor = SystemActor | StaffActor;

type State = (typeof IMPORT_STATES)[number];

/** May this actor load files, and see what was wrong with them? */
export function mayImport(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "staff" && actor.role !== "support");
}

/** @throws {ForbiddenError} unless the actor may load files */
export function requireImporter(actor: Actor): void {
  if (!mayImport(actor)) {
    throw new ForbiddenError("import files");
  }
}

/** Nothing more will happen to it by itself. */
export const isEnded = (state: State): boolean =>
  state === "done" || state === "failed" || state === "cancelled";

/** The remedy of a fault: what its sentence says after the semicolon, else to mend the cell. */
export function remedyOf(reason: string): string {
  const at = reason.lastIndexOf("; ");
  return at < 0 ? "correct it in the file and import the file again" : reason.slice(at + 2);
}

/** What the list of a file's errors is called: it is CSV, whatever the file was. */
export const errorsFileName = (fileName: string): string =>
  `errors-${fileName.replace(/\.[a-z0-9]{1,5}$/i, "")}.csv`;

/** What can be sent from the desk. */
export const UPLOAD_KINDS = IMPORT_KINDS;

/**
 * The largest file that is sent through the desk's form: Next.js keeps 10 MB of what passes the proxy, Vercel takes
 * 4.5 MB. Larger ones go to the storage itself where it takes them, else in at the shell or by the API.
 */
export const uploadMegabytes = () => (process.env.VERCEL ? 4 : 9);

/** Why a file that was sent from the desk is not taken. */
export const UPLOAD_PROBLEMS = [
  "too_large",
  "no_file",
  "no_company",
  "no_run",
  "not_arrived",
] as const;
export type UploadProblem = (typeof UPLOAD_PROBLEMS)[number];

/** What a person did with an import, as its page tells it. */
export const IMPORT_DEEDS = ["applied", "cancelled"] as const;
