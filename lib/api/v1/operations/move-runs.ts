import type { z } from "zod";
import type { Result } from "@/lib/errors";
import { approveRun } from "@/lib/runs/commands/approve-run";
import { closeRun } from "@/lib/runs/commands/close-run";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { publishRun } from "@/lib/runs/commands/publish-run";
import type { RunReference } from "@/lib/runs/queries/run";
import { NONE, operation } from "../operation";
import { ProblemError } from "../problem";
import { approvedSchema, closedSchema, frozenSchema, publishedSchema } from "../schema";
import { ofRun, type RunCall, runAnswer, runOfCall } from "./look-at-runs";

/** What a run's step answers; why it is not possible, in words for the run's name. */
interface Step<Value, Code extends string> {
  id: string;
  name: string;
  summary: string;
  description?: string;
  schema: z.ZodType;
  carryOut(ctx: RunCall["ctx"], reference: RunReference): Promise<Result<Value, Code>>;
  refusals: Record<Code, (run: string) => string>;
  tell(company: string, value: Value): object;
}

const step = <Value, Code extends string>({
  id,
  name,
  schema,
  carryOut,
  refusals,
  tell,
  ...words
}: Step<Value, Code>) =>
  operation({
    ...words,
    id,
    method: "post",
    address: `/runs/{company}/{run}/${name}`,
    scope: "runs:write",
    path: ofRun,
    query: NONE,
    headers: NONE,
    answers: { 200: { description: "It is done, or was before", schema } },
    problems: ["not_found", "not_possible"],
    async handle(call) {
      const reference = await runOfCall(call);
      const done = await carryOut(call.ctx, reference);
      if (!done.ok) {
        throw new ProblemError("not_possible", refusals[done.code](reference.run), {
          reason: done.code,
        });
      }
      return Response.json(tell(reference.company, done.value));
    },
  });

const loading = (run: string) =>
  `An import into run ${run} is half applied; let it end, or revert it.`;

export const freezeRunOperation = step({
  id: "freezeRun",
  name: "freeze",
  summary: "Freeze a run's delivery plan",
  description: "Not before its cut-off. Twice there is one plan.",
  schema: frozenSchema,
  carryOut: freezeRun,
  refusals: {
    before_cut_off: (run) => `Run ${run} cannot be frozen before its cut-off.`,
    cancelled: (run) => `Run ${run} was cancelled and cannot be frozen.`,
  },
  tell: (company, { run, electronic, paper, already }) =>
    ({ run: runAnswer(company, run), electronic, paper, already }) satisfies z.input<
      typeof frozenSchema
    >,
});

export const publishRunOperation = step({
  id: "publishRun",
  name: "publish",
  summary: "Make a run's bills visible and send them",
  description: "All or nothing. Twice they are sent once.",
  schema: publishedSchema,
  carryOut: publishRun,
  refusals: {
    not_frozen: (run) => `Run ${run} is not frozen yet; freeze it and import its bills first.`,
    no_documents: (run) => `Run ${run} has no bills yet; import them with target=run&run=${run}.`,
    loading,
    cancelled: (run) => `Run ${run} was cancelled and cannot be published.`,
    approval_needed: (run) =>
      `Run ${run} has so many bills that another person must approve what is loaded now; then publish it again.`,
  },
  tell: (company, { run, documents, electronic, paper, already }) =>
    ({ run: runAnswer(company, run), documents, electronic, paper, already }) satisfies z.input<
      typeof publishedSchema
    >,
});

export const approveRunOperation = step({
  id: "approveRun",
  name: "approve",
  summary: "Approve the publication of what is loaded",
  description: "A key counts as one person; whoever publishes must be another.",
  schema: approvedSchema,
  carryOut: approveRun,
  refusals: {
    not_frozen: (run) => `Run ${run} is not frozen yet; there is nothing to approve.`,
    no_documents: (run) => `Run ${run} has no bills yet; there is nothing to approve.`,
    loading,
    already_published: (run) => `Run ${run} is published already; there is nothing to approve.`,
    cancelled: (run) => `Run ${run} was cancelled; there is nothing to approve.`,
  },
  tell: (_company, { documents, needed, already }) =>
    ({ documents, needed, already }) satisfies z.input<typeof approvedSchema>,
});

export const closeRunOperation = step({
  id: "closeRun",
  name: "close",
  summary: "Close a published run",
  description: "Once every electronic bill was delivered, went on paper instead, or is excluded.",
  schema: closedSchema,
  carryOut: closeRun,
  refusals: {
    not_published: (run) => `Run ${run} is not published yet; there is nothing to close.`,
    cancelled: (run) => `Run ${run} was cancelled; there is nothing to close.`,
    does_not_add_up: (run) =>
      `Run ${run} does not add up yet: electronic bills are open; its reconciliation lists them.`,
  },
  tell: (company, { already, ...run }) =>
    ({ run: runAnswer(company, run), already }) satisfies z.input<typeof closedSchema>,
});
