import { RefusalError } from "@/lib/errors";
import { type CancelRunFailure, cancelRun } from "@/lib/runs/commands/cancel-run";
import type { RunReference } from "@/lib/runs/queries/run";
import {
  type AddStep,
  forMachines,
  type RunOperator,
  requireNamed,
  type StepOptions,
} from "./step";

interface CancelOptions extends StepOptions {
  reason?: string;
}

/** Adds `run cancel`. */
export function addCancelCommand(add: AddStep): void {
  add<CancelOptions>("cancel", "give up a run that was not published", cancel).option(
    "--reason <text>",
    "why; it stays in the audit log",
  );
}

async function cancel(
  operator: RunOperator,
  reference: RunReference,
  { reason = "" }: CancelOptions,
): Promise<void> {
  requireNamed(reference);
  const cancelled = await cancelRun(operator.ctx, { ...reference, reason });
  if (!cancelled.ok) {
    const sentences: Record<CancelRunFailure, string> = {
      reason_missing: "Say why the run is cancelled, with --reason.",
      reason_too_long: "The reason is too long; say it with --reason in 500 characters at most.",
      already_published: `Run ${reference.run} is published and cannot be cancelled; take wrong bills back with: run withdraw.`,
    };
    throw new RefusalError(sentences[cancelled.code]);
  }
  const { already, ...run } = cancelled.value;
  operator.answer(
    { company: reference.company, run: forMachines(run), reason: run.cancelReason, already },
    [
      `Run ${run.name} ${already ? "was cancelled before" : "is cancelled"}: ${run.cancelReason ?? ""}`,
    ],
  );
}
