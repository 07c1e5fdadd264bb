import { MigrationRefusal } from "@/db/migration-refusal";
import { EnvError } from "@/lib/env";
import { ForbiddenError, NotFoundError, RefusalError } from "@/lib/errors";
import { faultSentence, type ImportFault, ImportRefusedError } from "@/lib/imports/errors";

/** Which database a command acted on. */
type DatabaseVariable = "DATABASE_WORKER_URL" | "DATABASE_OWNER_URL";

/** What the command line says of a failure: lines for people, the rest for machines. */
export interface Failure {
  lines: string[];
  faults?: ImportFault[];
  /** Faults that are not in the list. */
  more?: number;
  importId?: string;
}

/** Turns whatever was thrown into clear lines: no stack, no statement, no secret. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ImportRefusedError) {
    const { faults, more, importId } = error;
    const total = faults.length + more;
    const all =
      more > 0 && importId ? ` All of them, with their rows: import errors ${importId}` : "";
    const summary =
      total > 1
        ? [`${more > 0 ? `… and ${more} more. ` : ""}${total} faults; nothing was changed.${all}`]
        : [];
    return { lines: [...faults.map(faultSentence), ...summary], faults, more, importId };
  }
  return { lines: [failureSentence(error)] };
}

/** One sentence for a person at the shell. */
export function failureSentence(
  error: unknown,
  variable: DatabaseVariable = "DATABASE_WORKER_URL",
): string {
  if (error instanceof NotFoundError) {
    return `There is no ${error.what}.`;
  }
  if (error instanceof ForbiddenError) {
    return `Your role may not ${error.message}; it takes an operator or an admin.`;
  }
  if (
    error instanceof RefusalError ||
    error instanceof EnvError ||
    error instanceof MigrationRefusal
  ) {
    return error.message;
  }
  const root = rootCause(error);
  return databaseSentence(root, variable) ?? `Unexpected failure: ${oneLine(root.message)}`;
}

/** Drizzle wraps what the driver throws, with the statement and its parameters in the message. */
function rootCause(error: unknown): Error & { code?: string } {
  let found = error;
  for (
    let depth = 0;
    depth < 5 && found instanceof Error && found.cause instanceof Error;
    depth += 1
  ) {
    found = found.cause;
  }
  return found instanceof Error ? found : new Error(String(found));
}

function databaseSentence(
  { code, message }: Error & { code?: string },
  variable: DatabaseVariable,
): string | undefined {
  const place = databasePlace(variable);
  switch (code) {
    case "ECONNREFUSED":
    case "CONNECT_TIMEOUT":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
      return `The database at ${place} does not answer; is it running?`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host of the database at ${place} is not known; compare ${variable}.`;
    case "28P01":
    case "28000":
      return `The database at ${place} refuses user or password; compare ${variable}.`;
    case "3D000":
      return `The server has no such database: ${place}; compare ${variable}.`;
    case "42P01":
    case "42883":
    case "42703":
      return `The database at ${place} is not of this version (${oneLine(message)}); run "sportello migrate".`;
    case "42501":
      return `The database user of ${place} may not do this (${oneLine(message)}); it must be a member of sportello_worker.`;
    case "57P03":
      return `The database at ${place} is starting up; try again in a moment.`;
    case "53300":
      return `The database at ${place} has no connection left; try again in a moment.`;
    case "CONNECTION_CLOSED":
    case "CONNECTION_ENDED":
    case "CONNECTION_DESTROYED":
    case "57P01":
      return `The connection to the database at ${place} broke; run "sportello doctor".`;
    case "ENOSPC":
      return "The disk is full; nothing was changed.";
    default:
      return undefined;
  }
}

function databasePlace(variable: DatabaseVariable): string {
  try {
    const { host, pathname } = new URL(process.env[variable] ?? "");
    return `${host}${pathname}`;
  } catch {
    return variable;
  }
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim().slice(0, 300);
