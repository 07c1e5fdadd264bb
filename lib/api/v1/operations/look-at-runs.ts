import { z } from "zod";
import { csvResponse } from "@/lib/api/csv-response";
import { NotFoundError } from "@/lib/errors";
import { exportRun } from "@/lib/runs/commands/export-run";
import { listRuns, type Run } from "@/lib/runs/queries/run";
import { type RunStatus, runStatus } from "@/lib/runs/queries/run-status";
import { companyOfCall } from "../caller-company";
import { type Call, NONE, operation } from "../operation";
import { ProblemError } from "../problem";
import { runListSchema, type runSchema, runStatusSchema } from "../schema";
import { companyParameter, slugParameter } from "./parameters";

export const ofRun = z.strictObject({
  company: slugParameter.describe("The company's slug"),
  run: z
    .string()
    .regex(/^[\w.-]{1,60}$/, "must be a run's name or id")
    .describe("The run's name or id"),
});

export type RunCall = Call<z.output<typeof ofRun>, unknown, unknown>;

/**
 * Which run a call means, of a company of its key.
 * @throws {NotFoundError} for a company that is none, or not for this key
 */
export async function runOfCall(call: RunCall): Promise<{ company: string; run: string }> {
  const { slug } = await companyOfCall(call, call.path.company);
  return { company: slug, run: call.path.run };
}

export const listRunsOperation = operation({
  id: "listRuns",
  method: "get",
  address: "/runs",
  summary: "List a company's runs",
  scope: "runs:read",
  path: NONE,
  query: z.strictObject({ company: companyParameter }),
  headers: NONE,
  answers: { 200: { description: "Its runs", schema: runListSchema } },
  problems: ["not_found"],
  async handle(call) {
    const { slug } = await companyOfCall(call, call.query.company);
    const runs = await listRuns(call.ctx, slug);
    return Response.json({
      runs: runs.map((run) => runAnswer(slug, run)),
    } satisfies z.input<typeof runListSchema>);
  },
});

export const getRunOperation = operation({
  id: "getRun",
  method: "get",
  address: "/runs/{company}/{run}",
  summary: "Get where a run stands",
  scope: "runs:read",
  path: ofRun,
  query: NONE,
  headers: NONE,
  answers: { 200: { description: "The run, in counts", schema: runStatusSchema } },
  problems: ["not_found"],
  async handle(call) {
    const reference = await runOfCall(call);
    const status = await runStatus(call.ctx, reference);
    return Response.json(statusAnswer(reference.company, status));
  },
});

export const getRunPlan = operation({
  id: "getRunPlan",
  method: "get",
  address: "/runs/{company}/{run}/plan",
  summary: "Get a run's frozen plan",
  description:
    "By contract: paper or e-mail, why, and the discount. contract_number;mode;email;reason;discount_eur;discount_basis",
  scope: "runs:read",
  path: ofRun,
  query: NONE,
  headers: NONE,
  answers: {
    200: { description: "The plan, UTF-8, separated by semicolons", file: "text/csv" },
  },
  problems: ["not_found", "not_possible"],
  async handle(call) {
    const reference = await runOfCall(call);
    const exported = await exportRun(call.ctx, reference, "plan");
    if (exported.ok) {
      return csvResponse(exported.value.name, exported.value.lines);
    }
    if (exported.code === "not_frozen") {
      throw new ProblemError(
        "not_possible",
        `Run ${reference.run} has no plan: it is not frozen, or was cancelled before it was.`,
        { reason: exported.code },
      );
    }
    throw new NotFoundError(`run "${reference.run}" of ${reference.company}`);
  },
});

/** A run as the API tells it. */
export function runAnswer(company: string, run: Run): z.input<typeof runSchema> {
  const { id, name, state, origin, cancelReason } = run;
  return {
    ...{ id, company, name, state, origin, cancelReason },
    cutOffAt: run.cutOffAt.toISOString(),
    openedAt: run.openedAt.toISOString(),
    frozenAt: run.frozenAt?.toISOString() ?? null,
    loadedAt: run.loadedAt?.toISOString() ?? null,
    publishedAt: run.publishedAt?.toISOString() ?? null,
    closedAt: run.closedAt?.toISOString() ?? null,
    cancelledAt: run.cancelledAt?.toISOString() ?? null,
  };
}

function statusAnswer(company: string, status: RunStatus): z.input<typeof runStatusSchema> {
  const { plan, documents, dispatches, approval } = status;
  return {
    ...runAnswer(company, status),
    ...{ plan, documents, dispatches },
    approval: {
      ...approval,
      given: approval.given.map((one) => ({ ...one, approvedAt: one.approvedAt.toISOString() })),
    },
  };
}
