import { Readable } from "node:stream";
import { type Asked, askProvider } from "@/lib/dispatches/commands/ask-provider";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";
import { RefusalError } from "@/lib/errors";
import {
  type DiscountDifference,
  discountDifferences,
} from "@/lib/runs/queries/discount-differences";
import {
  type OpenRow,
  openRows,
  type Reconciliation,
  reconcileRun,
} from "@/lib/runs/queries/reconciliation";
import type { RunReference } from "@/lib/runs/queries/run";
import { runStatus } from "@/lib/runs/queries/run-status";
import { csvCell, euroCell } from "@/lib/runs/rules";
import { counted } from "../../counted";
import { withSeconds } from "../../progress";
import { writeWhole } from "../../whole-file";
import { type AddStep, type RunOperator, requireNamed, type StepOptions } from "./step";

/** How many lines of a list stand on the screen. */
const SHOWN = 20;

interface ReconcileOptions extends StepOptions {
  output?: string;
  askProvider?: boolean;
}

/** Adds `run reconcile`. */
export function addReconcileCommand(add: AddStep): void {
  add<ReconcileOptions>(
    "reconcile",
    "where every electronic bill ended, what does not add up, and discounts that differ",
    reconcile,
  )
    .option("--output <file>", "write all that does not add up, and every difference, as CSV")
    .option(
      "--ask-provider",
      "first ask the mail provider for what its webhooks did not tell, and for batches set aside",
    );
}

async function reconcile(
  operator: RunOperator,
  reference: RunReference,
  { output, askProvider: ask }: ReconcileOptions,
): Promise<void> {
  requireNamed(reference);
  await requirePlan(operator, reference);
  const asked = ask ? await askFor(operator, reference) : null;
  const sums = await reconcileRun(operator.ctx, reference);
  if (output !== undefined) {
    await writeWhole(output, Readable.from(fileLines(operator, reference)));
  }
  operator.answer(
    {
      company: reference.company,
      run: reference.run,
      ...sums,
      ...(asked ? { asked } : {}),
      ...(output ? { output } : {}),
    },
    [
      ...(asked ? [askedLine(asked)] : []),
      ...sumLines(reference.run, sums),
      ...sums.differences.slice(0, SHOWN).map(differenceLine),
      ...(output ? [`Wrote ${output}.`] : []),
    ],
  );
}

/** The provider is asked by the system: what it answers is nobody's order. */
async function askFor({ ctx }: RunOperator, reference: RunReference): Promise<Asked> {
  const { companyId, id: runId } = await runStatus(ctx, reference);
  const system = { db: ctx.db, actor: { kind: "system", name: "reconciliation" } as const };
  const asked = await withSeconds("asking the provider", () =>
    askProvider(system, { only: { companyId, runId } }),
  );
  await foldEvents(system);
  if (asked.unanswered) {
    throw new RefusalError(
      `The mail provider did not answer (${asked.unanswered}); what it told is kept, ask again later.`,
    );
  }
  return asked;
}

const askedLine = ({ asked, learnt, batches, taken, requeued }: Asked) =>
  `asked the provider for ${counted(asked, "mail")}, of which it knew more of ${learnt}, and for ${counted(batches, "batch", "batches")} ` +
  `set aside: ${taken} of their mails had been taken, ${requeued} go out again`;

/** Before the freeze "it adds up" would be said of nothing. */
async function requirePlan(operator: RunOperator, reference: RunReference): Promise<void> {
  const { name, state, frozenAt } = await runStatus(operator.ctx, reference);
  if (frozenAt === null) {
    throw new RefusalError(
      state === "cancelled"
        ? `Run ${name} was cancelled before it was frozen; there is nothing to reconcile.`
        : `Run ${name} has no plan yet; freeze it first.`,
    );
  }
}

/** The equation of a run and what keeps it from adding up, in words. */
function sumLines(name: string, sums: Reconciliation): string[] {
  const { electronic, delivered, fallback, excluded, open, balanced, differenceCount } = sums;
  const shown = sums.openRows.slice(0, SHOWN);
  return [
    `Run ${name}: ${electronic} electronic = ${delivered} delivered + ${fallback} on paper instead ` +
      `+ ${excluded} excluded + ${open} open; ${balanced ? "it adds up" : "it does not add up yet"}`,
    ...sums.groups
      .filter(({ category }) => category !== "delivered")
      .map(({ category, reason, count }) => `${category}: ${count} ${reason.replaceAll("_", " ")}`),
    ...shown.map((row) => `open: ${openWords(row)}`),
    ...(open > shown.length ? [`… and ${open - shown.length} more; --output writes all`] : []),
    `discounts that differ from the plan: ${differenceCount}`,
  ];
}

/** An open row in words. */
export const openWords = ({ contractNumber, billNumber, reason }: OpenRow) =>
  `contract ${contractNumber}, bill ${billNumber ?? "none"}, ${reason.replaceAll("_", " ")}`;

function differenceLine(difference: DiscountDifference): string {
  const { contractNumber, billNumber, kind, discountCents, plannedCents, basis } = difference;
  const planned =
    basis === null ? "none" : `${euroCell(plannedCents)} € ${basis.replace("_", " ")}`;
  return (
    `discount ${kind.replace("_", " ")}: contract ${contractNumber}, bill ${billNumber}, ` +
    `${euroCell(discountCents)} € on the bill, ${planned} in the plan`
  );
}

async function* fileLines(operator: RunOperator, reference: RunReference): AsyncGenerator<string> {
  yield "contract_number;bill_number;category;reason;discount_eur;planned_eur;basis;year_eur\n";
  for await (const { contractNumber, billNumber, reason } of openRows(operator.ctx, reference)) {
    yield line([contractNumber, billNumber ?? "", "open", reason, "", "", "", ""]);
  }
  for await (const row of discountDifferences(operator.ctx, reference)) {
    const { contractNumber, billNumber, kind, basis, yearCents } = row;
    const amounts = [euroCell(row.discountCents), euroCell(row.plannedCents)];
    const year = yearCents === null ? "" : euroCell(yearCents);
    yield line([contractNumber, billNumber, "discount", kind, ...amounts, basis ?? "", year]);
  }
}

const line = (cells: string[]) => `${cells.map(csvCell).join(";")}\n`;
