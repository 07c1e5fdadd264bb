import { z } from "zod";
import { IMPORT_KINDS, type ImportOptions } from "@/db/schema";
import { inTransaction } from "@/lib/auth/context";
import { findRun } from "@/lib/runs/queries/run";
import { companyOfCall, importOfCall } from "../caller-company";
import { acceptImport } from "../commands/accept-import";
import { type Call, operation } from "../operation";
import { ProblemError } from "../problem";
import { mediumOf } from "../received-body";
import { type ImportKindName, MEDIA, type Medium, TAKEN } from "../rules";
import { acceptedSchema } from "../schema";
import { ownerOfCall } from "./offer-upload";
import { companyParameter, idParameter } from "./parameters";

const pathSchema = z.strictObject({
  // Named alike for files and imports: they stand at the same place of an address.
  import: z
    .enum(IMPORT_KINDS, `must be one of ${IMPORT_KINDS.join(", ")}`)
    .describe("What the file holds"),
});

const querySchema = z.strictObject({
  company: companyParameter,
  dryRun: z
    .enum(["true", "false"], "must be true or false")
    .transform((value) => value === "true")
    .optional()
    .describe("true: check everything and change nothing; apply it afterwards with /apply"),
  fileName: z
    .string()
    .min(1)
    .max(120, "has 120 characters at most")
    .optional()
    .describe("What the file is called in lists and in its errors"),
  target: z
    .enum(["run", "single", "archive"], "must be run, single or archive")
    .optional()
    .describe("bills, e-invoices: where they go; needed"),
  run: z
    .string()
    .min(1)
    .max(60, "has 60 characters at most")
    .optional()
    .describe("The run's name or id; needed with target=run"),
  documents: idParameter
    .optional()
    .describe("bills: the id of a ZIP with their PDFs, from POST /documents"),
  upload: idParameter
    .optional()
    .describe("The id from POST /uploads of a file that was sent to the storage; then no body"),
  origin: z
    .enum(["portal", "paper-form"], "must be portal or paper-form")
    .optional()
    .describe("choices: where they were made; portal if left out"),
  contract: z
    .string()
    .min(1)
    .max(60, "has 60 characters at most")
    .optional()
    .describe("readings: the number of their contract, where the file does not say"),
  // Never the path of a profile: that would be a file of this server.
  layout: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "must be the name of a layout")
    .optional()
    .describe("readings: how the file is written; else its header tells"),
});

const headersSchema = z.strictObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must have 1 to 255 visible ASCII characters")
    .optional()
    .describe("The same call under the same key gives the same import, for 24 hours"),
});

type UploadCall = Call<
  z.output<typeof pathSchema>,
  z.output<typeof querySchema>,
  z.output<typeof headersSchema>
>;

export const uploadImport = operation({
  id: "uploadImport",
  method: "post",
  address: "/imports/{import}",
  summary: "Import a file",
  description:
    "The file itself is the body, 2 GB at most, or was sent to the storage before (upload). It is checked whole and then applied, or not at all; " +
    "ask for the import until its state is done or failed, or be told by a webhook.",
  scope: "imports:write",
  path: pathSchema,
  query: querySchema,
  headers: headersSchema,
  body: {
    description: "The file. CSV is UTF-8, separated by semicolons.",
    media: Object.keys(MEDIA) as Medium[],
  },
  answers: {
    202: {
      description: "The file is received; a worker carries it out",
      schema: acceptedSchema,
      headers: { Location: "The import's address" },
    },
    200: {
      description: "The same call was answered before: this is its import",
      schema: acceptedSchema,
      headers: { Location: "The import's address" },
    },
  },
  problems: [
    "not_found",
    "refused",
    "not_possible",
    "too_large",
    "unsupported_media_type",
    "in_flight",
    "idempotency_key_reused",
    "busy",
  ],
  async handle(call) {
    const { ctx, caller, query, headers, request } = call;
    const { import: kind } = call.path;
    requireMeaning(kind, query);
    const company = await companyOfCall(call, query.company);
    await requireRun(call, company.slug);
    // Also of an upload: what it is, as it was announced.
    const medium = mediumOf(request, TAKEN[kind].media);
    const { importId, bytes, sha256, again } = await acceptImport(
      ctx,
      request,
      {
        companyId: company.id,
        kind,
        options: optionsOf(query),
        medium,
        fileName: query.fileName,
        documents: query.documents,
        ...(query.upload
          ? { upload: { id: query.upload, owner: ownerOfCall(call, company), medium } }
          : {}),
      },
      { apiKeyId: caller.keyId, idempotencyKey: headers["idempotency-key"] },
    );
    const { state } = await importOfCall(call, importId);
    return Response.json(
      { id: importId, state, bytes, sha256 } satisfies z.input<typeof acceptedSchema>,
      { status: again ? 200 : 202, headers: { Location: `/api/v1/imports/${importId}` } },
    );
  },
});

function optionsOf({ dryRun, target, run, origin, contract, layout }: UploadCall["query"]) {
  const options: ImportOptions = {
    dryRun: dryRun === true,
    target,
    run,
    origin,
    contractNumber: contract,
    layout,
  };
  // As JSON they are kept, compared and digested: what is absent is not there.
  return JSON.parse(JSON.stringify(options)) as ImportOptions;
}

/** @throws {ProblemError} for a parameter that says nothing of such a file, or one that is missing */
function requireMeaning(kind: ImportKindName, query: UploadCall["query"]): void {
  const { parameters } = TAKEN[kind];
  const wrong = (sentence: string) => new ProblemError("invalid_request", sentence);
  const named = ["target", "run", "documents", "origin", "contract", "layout"] as const;
  for (const name of named) {
    if (query[name] !== undefined && !parameters.includes(name)) {
      throw wrong(`The parameter ${name} means nothing for ${kind}; leave it out.`);
    }
  }
  if (parameters.includes("target") && query.target === undefined) {
    throw wrong("Say where the bills go with the parameter target: run, single or archive.");
  }
  if ((query.target === "run") !== (query.run !== undefined)) {
    throw wrong("The parameters target=run and run go together; give both or neither.");
  }
}

/** @throws {ProblemError} if the run that bills should go into is not there: no need to send them first */
async function requireRun({ ctx, query }: UploadCall, company: string): Promise<void> {
  const { run } = query;
  if (run === undefined) {
    return;
  }
  const found = await inTransaction(ctx, (tx) => findRun(tx, { company, run }));
  if (!found) {
    throw new ProblemError(
      "refused",
      `There is no run "${run}" of ${company}; GET /runs lists them.`,
    );
  }
}
