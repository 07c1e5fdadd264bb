import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { workerConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { NotFoundError, RefusalError } from "@/lib/errors";
import { log } from "@/lib/log";
import { authenticate, type Caller } from "./authenticate";
import { type ProblemCode, ProblemError, problemResponse } from "./problem";
import type { ApiScope, Medium } from "./rules";

/** What an answer is, for the document: JSON of a schema, a file, or nothing but a status. */
export interface AnswerSpec {
  description: string;
  schema?: z.ZodType;
  /** A media type that comes without a schema. */
  file?: "text/csv";
  headers?: Record<string, string>;
}

export interface Call<Path, Query, Headers> {
  ctx: Context<SystemActor>;
  caller: Caller;
  path: Path;
  query: Query;
  headers: Headers;
  request: Request;
}

type Parameters = z.ZodObject<z.core.$ZodLooseShape>;

interface Spec<Path extends Parameters, Query extends Parameters, Headers extends Parameters> {
  id: string;
  method: "get" | "post";
  /** Below `/api/v1`, as OpenAPI writes it: `/imports/{import}`. */
  address: string;
  summary: string;
  description?: string;
  scope: ApiScope;
  path: Path;
  query: Query;
  /** By their names in lower case. */
  headers: Headers;
  body?: { description: string; media: readonly Medium[] };
  answers: Record<number, AnswerSpec>;
  problems: readonly ProblemCode[];
  handle(call: Call<z.output<Path>, z.output<Query>, z.output<Headers>>): Promise<Response>;
}

/** One thing that can be asked of the API, as its document and its route know it. */
export interface Operation
  extends Omit<Spec<Parameters, Parameters, Parameters>, "handle" | "problems"> {
  /** Every problem it may answer with. */
  problems: readonly ProblemCode[];
  /** Answers a request; `given` are the parts of the address in braces. Never throws. */
  answer(request: Request, given: Record<string, string>): Promise<Response>;
}

/** What every operation may answer. */
const ALWAYS: readonly ProblemCode[] = [
  "invalid_request",
  "unauthorized",
  "insufficient_scope",
  "too_many_failures",
  "internal_error",
  "not_configured",
];

export const NONE = z.strictObject({});

/** Makes an operation of its description: what is documented is what requests are parsed with. */
export function operation<
  Path extends Parameters,
  Query extends Parameters,
  Headers extends Parameters,
>(spec: Spec<Path, Query, Headers>): Operation {
  const { handle, ...described } = spec;
  return {
    ...described,
    problems: [...ALWAYS, ...spec.problems],
    async answer(request, given) {
      try {
        const { DATABASE_WORKER_URL: url } = env();
        if (!url) {
          throw new ProblemError("not_configured", "Set DATABASE_WORKER_URL on this server.");
        }
        const { db } = workerConnection();
        const asking: SystemActor = { kind: "system", name: "api" };
        const caller = await authenticate({ db, actor: asking }, request, spec.scope);
        const actor: SystemActor = { kind: "system", name: `api key ${caller.name}` };
        return await handle({
          ctx: { db, actor },
          caller,
          path: parse(spec.path, given, "the address"),
          query: parse(spec.query, queryOf(request), "the query"),
          headers: parse(spec.headers, headersOf(request, spec.headers), "the headers"),
          request,
        });
      } catch (error) {
        return problemResponse(problemOf(error, spec.id));
      }
    },
  };
}

function queryOf({ url }: Request): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of new URL(url).searchParams) {
    if (name in given) {
      throw new ProblemError("invalid_request", `${name} stands in the query twice; give it once.`);
    }
    given[name] = value;
  }
  return given;
}

const headersOf = ({ headers }: Request, { shape }: Parameters) =>
  Object.fromEntries(
    Object.keys(shape).flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );

function parse<Schema extends Parameters>(
  schema: Schema,
  given: Record<string, string>,
  where: string,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) {
    return parsed.data;
  }
  const known = Object.keys(schema.shape).join(", ") || "none";
  const sentences = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `${where} has no parameter ${issue.keys.map((key) => JSON.stringify(key.slice(0, 40))).join(", ")}, known are: ${known}`
      : `${issue.path.join(".")} in ${where}: ${issue.message}`,
  );
  throw new ProblemError("invalid_request", `${[...new Set(sentences)].join("; ")}.`);
}

function problemOf(error: unknown, operationId: string): ProblemError {
  if (error instanceof ProblemError) {
    return error;
  }
  if (error instanceof NotFoundError) {
    return new ProblemError("not_found", `There is no ${error.what}.`);
  }
  if (error instanceof RefusalError) {
    return new ProblemError("refused", error.message);
  }
  log.error({ err: error, operation: operationId }, "api call failed");
  return new ProblemError(
    "internal_error",
    "It is in our log; ask again later, under the same Idempotency-Key where there is one.",
  );
}
