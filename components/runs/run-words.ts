import type { Tone } from "@/components/ui/notice";
import type { DeliveryMode, DeliveryReason } from "@/lib/delivery/rules";
import type { RunState } from "@/lib/runs/rules";

export const RUN_TONES: Record<RunState, Tone> = {
  scheduled: "info",
  frozen: "info",
  loaded: "warning",
  published: "warning",
  closed: "success",
  cancelled: "danger",
};

/** Key under `staff.reason`: why a contract is in a mode, told to staff (R10's closed set). */
export function reasonKey(mode: DeliveryMode, reason: DeliveryReason): string {
  return reason === "chosen" ? `chosen_${mode}` : reason;
}

/** The address of a run's page, without a language. */
export function runPath(company: string, run: string, page = ""): string {
  return `/staff/runs/${company}/${run}${page}`;
}
