import { z } from "zod";
import { csvResponse } from "@/lib/api/csv-response";
import { faultLines, type ImportSummary, listFaults, listImports } from "@/lib/imports/queries";
import { remedyOf } from "@/lib/imports/rules";
import { companyOfCall, importOfCall } from "../caller-company";
import { NONE, operation } from "../operation";
import { faultListSchema, importListSchema, importSchema } from "../schema";
import { companyParameter, idParameter, limitParameter } from "./parameters";

export const ofImport = z.strictObject({ import: idParameter.describe("The import's id") });

export const listImportsOperation = operation({
  id: "listImports",
  method: "get",
  address: "/imports",
  summary: "List imports, the newest first",
  scope: "imports:read",
  path: NONE,
  query: z.strictObject({
    company: companyParameter.describe("Only of this company"),
    before: idParameter.optional().describe("Those before this one: next of the last answer"),
    limit: limitParameter,
  }),
  headers: NONE,
  answers: { 200: { description: "A page of imports", schema: importListSchema } },
  problems: ["not_found"],
  async handle(call) {
    const { ctx, caller, query } = call;
    const { before, limit } = query;
    const company =
      query.company === undefined && caller.company === null
        ? undefined
        : (await companyOfCall(call, query.company)).slug;
    const found = await listImports(ctx, { company, before, limit });
    const last = found.length < limit ? undefined : found.at(-1);
    return Response.json({
      imports: found.map(importAnswer),
      next: last?.id ?? null,
    } satisfies z.input<typeof importListSchema>);
  },
});

export const getImportOperation = operation({
  id: "getImport",
  method: "get",
  address: "/imports/{import}",
  summary: "Get an import",
  scope: "imports:read",
  path: ofImport,
  query: NONE,
  headers: NONE,
  answers: { 200: { description: "The import", schema: importSchema } },
  problems: ["not_found"],
  async handle(call) {
    return Response.json(importAnswer(await importOfCall(call, call.path.import)));
  },
});

export const listImportErrors = operation({
  id: "listImportErrors",
  method: "get",
  address: "/imports/{import}/errors",
  summary: "List what is wrong with an import's file",
  description: "With Accept: text/csv all of it comes at once, as CSV.",
  scope: "imports:read",
  path: ofImport,
  query: z.strictObject({
    after: z.coerce
      .number("must be a whole number")
      .int("must be a whole number")
      .min(0, "must be 0 or more")
      .max(2 ** 31 - 1, "must be less")
      .default(0)
      .describe("Those after this one: next of the last answer"),
    limit: limitParameter,
  }),
  headers: z.strictObject({
    accept: z.string().optional().describe("text/csv, or JSON"),
  }),
  answers: {
    200: { description: "What is wrong, by line", schema: faultListSchema, file: "text/csv" },
  },
  problems: ["not_found"],
  async handle(call) {
    const { ctx, query, headers } = call;
    const { id: importId } = await importOfCall(call, call.path.import);
    if (/\btext\/csv\b/.test(headers.accept ?? "")) {
      return csvResponse(`import-errors-${importId}.csv`, faultLines(ctx, importId));
    }
    const { after, limit } = query;
    const found = await listFaults(ctx, { importId, after, limit });
    const last = found.length < limit ? undefined : found.at(-1);
    return Response.json({
      errors: found.map(({ raw, ...fault }) => ({
        ...fault,
        remedy: remedyOf(fault.reason),
        row: raw,
      })),
      next: last?.ordinal ?? null,
    } satisfies z.input<typeof faultListSchema>);
  },
});

/** An import as the API tells it: no path of a machine, no key of the storage. */
export function importAnswer(found: ImportSummary): z.input<typeof importSchema> {
  const { options, importedAt, finishedAt, revertedAt } = found;
  const { id, company, kind, state, runId, fileName, bytes, failure, importedBy } = found;
  const { rows, added, changed, unchanged, applied, faults } = found;
  return {
    ...{ id, company, kind, state, runId, fileName, bytes, failure, importedBy },
    ...{ rows, added, changed, unchanged, applied, faults },
    dryRun: options.dryRun === true,
    target: options.target ?? null,
    importedAt: importedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    revertedAt: revertedAt?.toISOString() ?? null,
  };
}
