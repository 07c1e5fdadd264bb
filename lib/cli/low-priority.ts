import { constants, setPriority } from "node:os";

/** For work of minutes that nobody waits for: on a busy machine whoever waits for a page comes first. */
export function lowerPriority(): void {
  setPriority(constants.priority.PRIORITY_LOW);
}
