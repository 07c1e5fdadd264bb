import type { z } from "zod";
import type { CustomerActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import type { TokenPurpose } from "@/lib/auth/customer-token";
import type { DocumentedOperation } from "../openapi-document";
import { type Parameters, parseCall, queryOf } from "../parse-call";
import type { ProblemCode } from "../v1/problem";
import { answerCustomer, bearerOf } from "./answer-customer";
import type { CUSTOMER_PROBLEMS } from "./schema";

interface Spec<Query extends Parameters> extends DocumentedOperation {
  method: "get";
  purpose: TokenPurpose;
  query: Query;
  problems: readonly (typeof CUSTOMER_PROBLEMS)[number][];
  /** Where the token stands; in the header unless told. */
  secretOf?: (given: Record<string, string>) => string;
  /** Another way to tell a refusal. */
  refuse?: (refusal: Response) => Response;
  handle(ctx: Context<CustomerActor>, query: z.output<Query>): Promise<Response>;
}

/** One thing that a customer's own program can ask, as the document and the route know it. */
export interface CustomerOperation extends DocumentedOperation {
  /** Answers a request; `given` are the parts of the address in braces. Never throws. */
  answer(request: Request, given: Record<string, string>): Promise<Response>;
}

/** What every operation may answer. */
const ALWAYS: readonly ProblemCode[] = [
  "invalid_request",
  "unauthorized",
  "too_many_failures",
  "too_many_calls",
  "internal_error",
];

/** Makes an operation of its description: what is documented is what requests are parsed with. */
export function customerOperation<Query extends Parameters>(spec: Spec<Query>): CustomerOperation {
  const { handle, secretOf, refuse = (refusal) => refusal, purpose, ...described } = spec;
  return {
    ...described,
    problems: spec.refuse ? [] : [...ALWAYS, ...spec.problems],
    async answer(request, given) {
      const secret = secretOf ? secretOf(given) : bearerOf(request);
      const answer = await answerCustomer(
        request,
        { id: spec.id, secret, purpose },
        async (ctx) => await handle(ctx, parseCall(spec.query, queryOf(request), "the query")),
      );
      return answer.ok ? answer : refuse(answer);
    },
  };
}
