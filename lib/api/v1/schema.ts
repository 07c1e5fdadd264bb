import { z } from "zod";
import { API_SCOPES, IMPORT_KINDS, IMPORT_STATES } from "@/db/schema";
import { RUN_STATES } from "@/lib/runs/rules";
import { PROBLEMS, type ProblemCode } from "./problem";

/** What the API answers with, by its name in the OpenAPI document. */
export const answerSchemas = z.registry<{ id: string }>();

function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  answerSchemas.add(schema, { id });
  return schema;
}

const instant = z.iso.datetime().describe("An instant in UTC, ISO 8601");
const count = z.int().min(0);

export const scopeSchema = z.enum(API_SCOPES);

export const problemSchema = named(
  "Problem",
  z
    .strictObject({
      type: z.string().describe("Where this kind of problem is described"),
      title: z.string(),
      status: z.int(),
      detail: z.string().describe("What is wrong with this call and what to do, in one sentence"),
      code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
      reason: z.string().optional().describe("Why a step is not possible, for programs"),
      reference: z
        .string()
        .optional()
        .describe("Of an internal error: the code under which it stands in the operator's log"),
    })
    .describe("A refusal (RFC 9457), as application/problem+json"),
);

export const acceptedSchema = named(
  "AcceptedImport",
  z.strictObject({
    id: z.uuid(),
    state: z.enum(IMPORT_STATES),
    bytes: count.describe("Bytes that were received"),
    sha256: z.hex().length(64).describe("Of these bytes, to compare with the file's own"),
  }),
);

export const uploadSchema = named(
  "OfferedUpload",
  z
    .strictObject({
      id: z.uuid().describe("For upload= of what comes next"),
      method: z.literal("PUT"),
      url: z.url().describe("Takes one file of the announced size and type; a secret meanwhile"),
      headers: z.record(z.string(), z.string()).describe("Send exactly these beside the file"),
      expiresAt: instant,
    })
    .describe("A place in the storage for one file"),
);

export const importSchema = named(
  "Import",
  z
    .strictObject({
      id: z.uuid(),
      company: z.string().describe("The company's slug"),
      kind: z.enum(IMPORT_KINDS),
      state: z
        .enum(IMPORT_STATES)
        .describe(
          "received, checking, checked (a dry run waits here), applying, then done, failed or cancelled",
        ),
      dryRun: z.boolean(),
      target: z.enum(["archive", "single", "run"]).nullable(),
      runId: z.uuid().nullable(),
      fileName: z.string(),
      bytes: count.nullable(),
      rows: count.describe("Rows of the file that were read"),
      added: count,
      changed: count,
      unchanged: count,
      applied: count.describe("Rows added or changed so far"),
      faults: count.describe("How much is wrong with the file; see its errors"),
      failure: z.string().nullable().describe("Why it failed or was cancelled, in one sentence"),
      importedBy: z.string(),
      importedAt: instant,
      finishedAt: instant.nullable(),
      revertedAt: instant.nullable(),
    })
    .describe("A file of the billing system: how far it is, what came of it"),
);

export const importListSchema = named(
  "ImportList",
  z.strictObject({
    imports: z.array(importSchema).describe("The newest first"),
    next: z.uuid().nullable().describe("Ask again with before= this; null: there are no more"),
  }),
);

export const faultListSchema = named(
  "FaultList",
  z.strictObject({
    errors: z.array(
      z.strictObject({
        ordinal: z.int(),
        file: z.string(),
        line: z.int().nullable().describe("From 1; the header is line 1"),
        column: z.string().nullable(),
        value: z.string().nullable(),
        reason: z.string(),
        remedy: z.string(),
        row: z.string().nullable().describe("The row as it stands in the file"),
      }),
    ),
    next: z.int().nullable().describe("Ask again with after= this; null: there are no more"),
  }),
);

export const revertedSchema = named(
  "RevertedImport",
  z.strictObject({
    removed: count.describe("Bills that the import had added"),
    restored: count.describe("Bills that are as they were before it"),
  }),
);

export const documentsSchema = named(
  "StoredDocuments",
  z.strictObject({
    id: z.uuid().describe("For documents= of an import of bills, within seven days"),
    bytes: count,
    sha256: z.hex().length(64),
  }),
);

const runFacts = {
  id: z.uuid(),
  company: z.string().describe("The company's slug"),
  name: z.string(),
  state: z.enum(RUN_STATES),
  origin: z.enum(["calendar", "operator"]),
  cutOffAt: instant,
  openedAt: instant,
  frozenAt: instant.nullable(),
  loadedAt: instant.nullable(),
  publishedAt: instant.nullable(),
  closedAt: instant.nullable(),
  cancelledAt: instant.nullable(),
  cancelReason: z.string().nullable(),
};

export const runSchema = named(
  "Run",
  z.strictObject(runFacts).describe("An invoicing run; only some state changes are possible"),
);

export const runListSchema = named(
  "RunList",
  z.strictObject({ runs: z.array(runSchema).describe("The latest cut-off first") }),
);

export const runStatusSchema = named(
  "RunStatus",
  z.strictObject({
    ...runFacts,
    plan: z.strictObject({ electronic: count, paper: count }),
    documents: z.strictObject({ imported: count, published: count }),
    dispatches: z.record(z.string(), count).describe("How many are in which state"),
    approval: z.strictObject({
      above: count.describe("A run with more documents needs a second person's approval"),
      needed: z.boolean(),
      given: z.array(
        z.strictObject({
          person: z.string(),
          documents: count,
          approvedAt: instant,
          stands: z.boolean().describe("False once documents came in or changed after it"),
        }),
      ),
    }),
  }),
);

const already = z.boolean().describe("True: it was so before, and nothing was changed");

export const frozenSchema = named(
  "FrozenRun",
  z.strictObject({ run: runSchema, electronic: count, paper: count, already }),
);

export const publishedSchema = named(
  "PublishedRun",
  z.strictObject({ run: runSchema, documents: count, electronic: count, paper: count, already }),
);

export const approvedSchema = named(
  "ApprovedRun",
  z.strictObject({
    documents: count.describe("How many documents were approved"),
    needed: z.boolean().describe("Whether the run has so many that it needs an approval"),
    already,
  }),
);

export const closedSchema = named("ClosedRun", z.strictObject({ run: runSchema, already }));
