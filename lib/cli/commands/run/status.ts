import { getCalendar } from "@/lib/runs/queries/calendar";
import { differenceCount } from "@/lib/runs/queries/discount-differences";
import { listRuns, type RunReference } from "@/lib/runs/queries/run";
import { type RunStep, runHistory } from "@/lib/runs/queries/run-history";
import { type RunStatus, runStatus } from "@/lib/runs/queries/run-status";
import { type AddStep, forMachines, inWords, type RunOperator } from "./step";

/** Adds `run status`. */
export function addStatusCommand(add: AddStep): void {
  add(
    "status",
    "where a run stands and who did what; without a run, the calendar and all runs",
    status,
  );
}

async function status(operator: RunOperator, reference: RunReference): Promise<void> {
  if (reference.run === "") {
    await statusOfAll(operator, reference.company);
    return;
  }
  const { company } = reference;
  const run = await runStatus(operator.ctx, reference);
  const history = await runHistory(operator.ctx, reference);
  const differences = await differenceCount(operator.ctx, reference);
  const { plan, documents, dispatches, approval } = run;
  const { openedAt, frozenAt, loadedAt, publishedAt, closedAt, cancelledAt, cancelReason } = run;
  operator.answer(
    {
      company,
      run: {
        ...forMachines(run),
        ...{ openedAt, frozenAt, loadedAt, publishedAt, closedAt, cancelledAt, cancelReason },
      },
      plan,
      documents,
      dispatches,
      approval,
      differences,
      history,
    },
    [
      ...countLines(company, run),
      `discounts that differ from the plan: ${differences}`,
      ...history.map(stepLine),
    ],
  );
}

function countLines(company: string, run: RunStatus): string[] {
  const { plan, documents, dispatches, approval } = run;
  const sent = Object.entries(dispatches).map(([state, rows]) => `${rows} ${state}`);
  const standing = approval.given.filter(({ stands }) => stands).length;
  return [
    `Run ${run.name} of ${company}: ${run.state}${run.cancelReason === null ? "" : ` (${run.cancelReason})`}; ` +
      `cut-off ${inWords(run.cutOffAt)}, ${run.origin === "calendar" ? "by the calendar" : "by an operator"}`,
    `plan: ${plan.electronic} electronic, ${plan.paper} on paper`,
    `documents: ${documents.imported} imported, ${documents.published} published`,
    `approvals: ${standing} for what is loaded now; ` +
      (approval.needed
        ? "one of another person is needed to publish"
        : "none is needed to publish"),
    `dispatches: ${sent.join(", ") || "none"}`,
  ];
}

function stepLine({ at, action, who, detail }: RunStep): string {
  const { name: _, ...facts } = detail;
  const told = Object.entries(facts).map(([fact, value]) => `${fact} ${value}`);
  return `${at.toISOString()} ${action.replaceAll("_", " ")}, ${who}${told.length > 0 ? `: ${told.join(", ")}` : ""}`;
}

async function statusOfAll(operator: RunOperator, company: string): Promise<void> {
  const calendar = await getCalendar(operator.ctx, company);
  const runs = await listRuns(operator.ctx, company);
  operator.answer({ company, calendar, runs: runs.map(forMachines) }, [
    `${company}: cut-off on day ${calendar.cutOffDay} at ${calendar.cutOffHour}:00, the next ${inWords(calendar.nextCutOffAt)}`,
    ...(runs.length === 0
      ? [`${company} has no runs yet.`]
      : runs.map(({ name, state, cutOffAt }) => `${name}: ${state}, cut-off ${inWords(cutOffAt)}`)),
  ]);
}
