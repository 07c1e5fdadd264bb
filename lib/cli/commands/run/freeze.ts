import { RefusalError } from "@/lib/errors";
import { type FreezeRunFailure, freezeRun } from "@/lib/runs/commands/freeze-run";
import type { RunReference } from "@/lib/runs/queries/run";
import { runStatus } from "@/lib/runs/queries/run-status";
import { withSeconds } from "../../progress";
import { type AddStep, forMachines, inWords, type RunOperator, requireNamed } from "./step";

/** Adds `run freeze`. */
export function addFreezeCommand(add: AddStep): void {
  add("freeze", "freeze the delivery plan; not before the cut-off", freeze);
}

async function freeze(operator: RunOperator, reference: RunReference): Promise<void> {
  requireNamed(reference);
  const frozen = await withSeconds("freezing", () => freezeRun(operator.ctx, reference));
  if (!frozen.ok) {
    const { name, cutOffAt } = await runStatus(operator.ctx, reference);
    const sentences: Record<FreezeRunFailure, string> = {
      before_cut_off: `Run ${name} cannot be frozen before its cut-off, ${inWords(cutOffAt)}.`,
      cancelled: `Run ${name} was cancelled and cannot be frozen.`,
    };
    throw new RefusalError(sentences[frozen.code]);
  }
  const { run, electronic, paper, already } = frozen.value;
  operator.answer(
    { company: reference.company, run: forMachines(run), electronic, paper, already },
    [
      `Run ${run.name} ${already ? "was frozen before" : "is frozen"}: ` +
        `${electronic} electronic, ${paper} on paper.`,
    ],
  );
}
