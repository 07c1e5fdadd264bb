import { Temporal } from "temporal-polyfill";
import { validate as isUuid } from "uuid";
import type { Actor, StaffActor, SystemActor } from "@/lib/auth/actor";
import { ForbiddenError } from "@/lib/errors";
import { ROME } from "@/lib/time";

/** The states a run passes through, in order; `cancelled` is left to no other. */
export const RUN_STATES = [
  "scheduled",
  "frozen",
  "loaded",
  "published",
  "closed",
  "cancelled",
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Who acts on runs: the command line and jobs, or staff by their role. */
export type RunActor = SystemActor | StaffActor;

/** May this actor change runs? Support reads only; a role we do not know may nothing. */
export function mayOperateRuns(actor: Actor): boolean {
  return (
    actor.kind === "system" ||
    (actor.kind === "staff" && (actor.role === "operator" || actor.role === "admin"))
  );
}

/** May this actor look at runs? Staff of every role we know. */
export function maySeeRuns(actor: Actor): boolean {
  return mayOperateRuns(actor) || (actor.kind === "staff" && actor.role === "support");
}

/** @throws {ForbiddenError} unless the actor may change runs */
export function requireRunOperator(actor: Actor): void {
  if (!mayOperateRuns(actor)) {
    throw new ForbiddenError("operate runs");
  }
}

/** @throws {ForbiddenError} unless the actor may look at runs */
export function requireRunReader(actor: Actor): void {
  if (!maySeeRuns(actor)) {
    throw new ForbiddenError("see runs");
  }
}

/** A person for the rule of two: two actions count as two people's only if these differ. */
export function personOf(actor: RunActor): string {
  return actor.kind === "staff" ? `staff:${actor.staffId}` : `shell:${actor.name}`;
}

/** Documents come into a run once its plan stands, and never after it was published (R15). */
export const takesDocuments = (state: RunState) => state === "frozen" || state === "loaded";

/** What a run is called when nobody says otherwise: the month of its cut-off in Rome. */
export function defaultRunName(cutOffAt: Date): string {
  const local = Temporal.Instant.fromEpochMilliseconds(cutOffAt.getTime()).toZonedDateTimeISO(ROME);
  return local.toPlainDate().toPlainYearMonth().toString();
}

/** A run's name as operators write it: also in files, and never mistaken for an id. */
export function isRunName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,39}$/.test(name) && !isUuid(name);
}

/**
 * A cut-off as typed: an instant (`2026-12-15T17:00:00Z`) or a time on Rome's clock
 * (`2026-12-15T18:00`, `2026-12-15 18:00`). Null if it is neither, not of this century, or if Rome's
 * clock never or twice shows that time.
 */
export function parseCutOff(typed: string): Date | null {
  const text = typed.trim().replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, "$1T");
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) {
    return null;
  }
  try {
    const instant = /(Z|[+-]\d{2}:?\d{2})$/i.test(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text)
          .toZonedDateTime(ROME, { disambiguation: "reject" })
          .toInstant();
    const at = new Date(instant.epochMilliseconds);
    // A year of another century is a slip of the keyboard.
    return at.getUTCFullYear() >= 2000 && at.getUTCFullYear() < 2100 ? at : null;
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
}

/** A cell of the plan's CSV: quoted where needed, and never a formula in a spreadsheet. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Integer cents as files carry euro: `12,50`. */
export function euroCell(cents: number): string {
  const sign = cents < 0 ? "-" : "";
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)},${digits.slice(-2)}`;
}
