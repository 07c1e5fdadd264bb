import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { workerConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import type { DocumentedOperation } from "../openapi-document";
import { type Parameters, parseCall, queryOf } from "../parse-call";
import { authenticate, type Caller } from "./authenticate";
import { type ProblemCode, ProblemError, problemOf, problemResponse } from "./problem";
import type { ApiScope, Medium } from "./rules";

export interface Call<Path, Query, Headers> {
  ctx: Context<SystemActor>;
  caller: Caller;
  path: Path;
  query: Query;
  headers: Headers;
  request: Request;
}

interface Spec<Path extends Parameters, Query extends Parameters, Headers extends Parameters>
  extends DocumentedOperation {
  scope: ApiScope;
  path: Path;
  query: Query;
  headers: Headers;
  body?: { description: string; media: readonly Medium[] };
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
          path: parseCall(spec.path, given, "the address"),
          query: parseCall(spec.query, queryOf(request), "the query"),
          headers: parseCall(spec.headers, headersOf(request, spec.headers), "the headers"),
          request,
        });
      } catch (error) {
        return problemResponse(problemOf(error, spec.id));
      }
    },
  };
}

const headersOf = ({ headers }: Request, { shape }: Parameters) =>
  Object.fromEntries(
    Object.keys(shape).flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
