import type { Actor, StaffActor, SystemActor } from "@/lib/auth/actor";
import { ForbiddenError } from "@/lib/errors";

export { STAFF_ROLES } from "@/db/schema";

/** Who may manage the people under /staff: an admin there, or somebody at the shell. */
export type StaffManager = StaffActor | SystemActor;

/** Hours for which the link to a first password is good (R4). */
export const STAFF_LINK_HOURS = 24;

export function mayManageStaff(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "staff" && actor.role === "admin");
}

/** @throws {ForbiddenError} unless the actor may manage the people under /staff */
export function assertMayManageStaff(actor: Actor): void {
  if (!mayManageStaff(actor)) {
    throw new ForbiddenError("manage staff");
  }
}

/** Whether it is the actor's own row: nobody changes their own, so that an admin is always left. */
export const isOneself = (actor: StaffManager, staffId: string): boolean =>
  actor.kind === "staff" && actor.staffId === staffId;

export type StaffState = "invited" | "active" | "disabled";

/** Invited: no password was chosen yet. */
export function staffState(member: { disabled: boolean; hasPassword: boolean }): StaffState {
  if (member.disabled) {
    return "disabled";
  }
  return member.hasPassword ? "active" : "invited";
}
