import { Readable } from "node:stream";
import { ForbiddenError, RefusalError } from "@/lib/errors";
import { exportRun } from "@/lib/runs/commands/export-run";
import { planRows } from "@/lib/runs/queries/plan-rows";
import { printRows } from "@/lib/runs/queries/print-list";
import type { RunReference } from "@/lib/runs/queries/run";
import { runStatus } from "@/lib/runs/queries/run-status";
import { toScreen, writeWhole } from "../../whole-file";
import { type AddStep, type RunOperator, requireNamed, type StepOptions } from "./step";

interface PlanOptions extends StepOptions {
  output?: string;
  printList?: boolean;
}

/** Adds `run plan`. */
export function addPlanCommand(add: AddStep): void {
  add<PlanOptions>(
    "plan",
    "the frozen plan as CSV: who gets paper, who e-mail and its discount",
    plan,
  )
    .option("--print-list", "instead, what the print house prints: contract, holder, address, bill")
    .option("--output <file>", "write to this file instead of the screen");
}

async function plan(
  operator: RunOperator,
  reference: RunReference,
  { output, printList }: PlanOptions,
): Promise<void> {
  requireNamed(reference);
  const { ctx, json } = operator;
  const { name, state } = await runStatus(ctx, reference);
  const exported = await exportRun(ctx, reference, printList ? "print-list" : "plan");
  if (!exported.ok) {
    if (exported.code === "forbidden") {
      throw new ForbiddenError("export plans");
    }
    throw new RefusalError(
      state === "cancelled"
        ? `Run ${name} was cancelled before it was frozen; it has no plan.`
        : `Run ${name} has no plan yet; freeze it first.`,
    );
  }
  const csv = Readable.from(exported.value.lines);
  if (output !== undefined) {
    // --json is about our answer: billing system and print house read CSV.
    await writeWhole(output, csv);
    operator.answer({ company: reference.company, run: name, output }, [`Wrote ${output}.`]);
    return;
  }
  const rows = printList ? printRows : planRows;
  await toScreen(json ? Readable.from(jsonLines(rows(ctx, reference))) : csv);
}

async function* jsonLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) {
    yield `${JSON.stringify(row)}\n`;
  }
}
