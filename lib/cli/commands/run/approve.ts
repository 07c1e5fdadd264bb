import { RefusalError } from "@/lib/errors";
import { type ApproveRunFailure, approveRun } from "@/lib/runs/commands/approve-run";
import type { RunReference } from "@/lib/runs/queries/run";
import { runStatus } from "@/lib/runs/queries/run-status";
import { counted } from "../../counted";
import { type AddStep, type RunOperator, requireNamed, type StepOptions } from "./step";
import { approveTheWithdrawal } from "./withdraw";

interface ApproveOptions extends StepOptions {
  withdrawal?: string;
}

/** Adds `run approve`. */
export function addApproveCommand(add: AddStep): void {
  add<ApproveOptions>(
    "approve",
    "a second person's yes to publishing what is loaded, or to a large withdrawal",
    approve,
  ).option("--withdrawal <id>", "approve and carry out this withdrawal instead");
}

async function approve(
  operator: RunOperator,
  reference: RunReference,
  { withdrawal }: ApproveOptions,
): Promise<void> {
  if (withdrawal !== undefined) {
    return await approveTheWithdrawal(operator, reference, withdrawal);
  }
  requireNamed(reference);
  const approved = await approveRun(operator.ctx, reference);
  const { name } = await runStatus(operator.ctx, reference);
  if (!approved.ok) {
    const sentences: Record<ApproveRunFailure, string> = {
      not_frozen: `Run ${name} is not frozen yet; there is nothing to approve.`,
      no_documents: `Run ${name} has no bills yet; there is nothing to approve.`,
      loading: `An import into run ${name} is half applied; finish or revert it first: import list.`,
      already_published: `Run ${name} is published already; there is nothing to approve.`,
      cancelled: `Run ${name} was cancelled; there is nothing to approve.`,
    };
    throw new RefusalError(sentences[approved.code]);
  }
  const { documents, needed, already } = approved.value;
  operator.answer({ company: reference.company, run: name, documents, needed, already }, [
    `${already ? "You had approved" : "Approved"} the publication of run ${name} with ${counted(documents, "document")}` +
      (needed ? "; another person may publish it now." : "; it needs no approval."),
  ]);
}
