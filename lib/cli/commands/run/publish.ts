import { RefusalError } from "@/lib/errors";
import { type PublishRunFailure, publishRun } from "@/lib/runs/commands/publish-run";
import type { RunReference } from "@/lib/runs/queries/run";
import { runStatus } from "@/lib/runs/queries/run-status";
import { counted } from "../../counted";
import { withSeconds } from "../../progress";
import { callTick } from "../../tick";
import { type AddStep, forMachines, type RunOperator, requireNamed } from "./step";

/** Adds `run publish`. */
export function addPublishCommand(add: AddStep): void {
  add("publish", "make the run's bills visible and send them", publish);
}

async function publish(operator: RunOperator, reference: RunReference): Promise<void> {
  requireNamed(reference);
  const published = await withSeconds("publishing", () => publishRun(operator.ctx, reference));
  if (!published.ok) {
    const { name, documents, approval } = await runStatus(operator.ctx, reference);
    const sentences: Record<PublishRunFailure, string> = {
      not_frozen: `Run ${name} is not frozen yet; freeze it and import its bills first.`,
      no_documents: `Run ${name} has no bills yet; import them with: import bills --run ${name}.`,
      loading: `An import into run ${name} is half applied; finish or revert it first: import list.`,
      cancelled: `Run ${name} was cancelled and cannot be published.`,
      approval_needed:
        `Run ${name} has ${counted(documents.imported, "bill")}, and more than ${approval.above} need a second person's ` +
        `approval of what is loaded now; let another run: run approve ${name} --as EMAIL.`,
    };
    throw new RefusalError(sentences[published.code]);
  }
  const { run, documents, electronic, paper, already } = published.value;
  const unreached = electronic > 0 && !already ? await callTick(operator) : null;
  operator.answer(
    { company: reference.company, run: forMachines(run), documents, electronic, paper, already },
    [
      `Run ${run.name} ${already ? "was already published; nothing was sent again" : "is published"}: ` +
        `${counted(documents, "document")}, ${electronic} by e-mail, ${paper} on paper.`,
      ...(unreached ? [unreached] : []),
    ],
  );
}
