import { RefusalError } from "@/lib/errors";
import { type CloseRunFailure, closeRun } from "@/lib/runs/commands/close-run";
import { type Reconciliation, reconcileRun } from "@/lib/runs/queries/reconciliation";
import type { RunReference } from "@/lib/runs/queries/run";
import { openWords } from "./reconcile";
import { type AddStep, forMachines, type RunOperator, requireNamed } from "./step";

/** How many open bills the refusal names. */
const NAMED = 5;

/** Adds `run close`. */
export function addCloseCommand(add: AddStep): void {
  add("close", "close a published run, once every electronic bill has ended", close);
}

async function close(operator: RunOperator, reference: RunReference): Promise<void> {
  requireNamed(reference);
  const closed = await closeRun(operator.ctx, reference);
  if (!closed.ok) {
    const sentences: Record<Exclude<CloseRunFailure, "does_not_add_up">, string> = {
      not_published: `Run ${reference.run} is not published yet; there is nothing to close.`,
      cancelled: `Run ${reference.run} was cancelled; there is nothing to close.`,
    };
    throw new RefusalError(
      closed.code === "does_not_add_up"
        ? openSentence(reference.run, await reconcileRun(operator.ctx, reference))
        : sentences[closed.code],
    );
  }
  const { already, ...run } = closed.value;
  operator.answer({ company: reference.company, run: forMachines(run), already }, [
    `Run ${run.name} ${already ? "was closed before" : "is closed"}.`,
  ]);
}

/** What keeps a run open, in a sentence that names the first. */
function openSentence(name: string, { electronic, open, openRows }: Reconciliation): string {
  const named = openRows.slice(0, NAMED).map(openWords);
  const more = open > named.length ? ` and ${open - named.length} more` : "";
  return (
    `Run ${name} does not add up yet: ${open} of ${electronic} electronic bills are open ` +
    `(${named.join("; ")}${more}); all of them with: run reconcile ${name} --output FILE.`
  );
}
