import type { Actor, StaffActor, SystemActor } from "@/lib/auth/actor";
import { ForbiddenError } from "@/lib/errors";

/** Who watches how the whole is doing: an admin on the page, or the worker for the metrics. */
export type Watcher = SystemActor | StaffActor;

function mayWatch(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "staff" && actor.role === "admin");
}

/** @throws {ForbiddenError} unless the actor may watch */
export function requireWatcher(actor: Actor): void {
  if (!mayWatch(actor)) {
    throw new ForbiddenError("watch operations");
  }
}
