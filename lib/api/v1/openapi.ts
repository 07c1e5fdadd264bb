import { z } from "zod";
import { importEventSchema, runEventSchema } from "@/lib/api/webhooks/schema";
import { env } from "@/lib/env";
import { OPERATIONS } from "./all-operations";
import type { AnswerSpec, Operation } from "./operation";
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode } from "./problem";
import { answerSchemas, problemSchema } from "./schema";

type Json = Record<string, unknown>;

export interface OpenApiDocument extends Json {
  openapi: "3.1.0";
  paths: Record<string, Record<string, Json>>;
  webhooks: Record<string, Json>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

/** The API's version: what is taken away or changes its meaning gets another address. */
const VERSION = "1.0.0";

const DESCRIPTION =
  "For the billing system and other machines of the operator. Every call but for this document carries " +
  "Authorization: Bearer and an API key, which sportello api-key add makes. A key that is of one company sees " +
  "nothing of others: they answer 404. What is wrong with a call is told as application/problem+json (RFC 9457). " +
  "Instants are in UTC; files are as the command line imports them.";

/** The OpenAPI document of the API, made of the schemas that requests are parsed with. */
export function openApiDocument(): OpenApiDocument {
  return {
    openapi: "3.1.0",
    info: { title: "Sportello API", version: VERSION, description: DESCRIPTION },
    servers: [{ url: env().APP_URL }],
    security: [{ apiKey: [] }],
    paths: { ...ABOUT_ITSELF, ...pathsOf(OPERATIONS) },
    webhooks: {
      ...webhook("import", "An import was checked, or came to its end", "ImportEvent"),
      ...webhook("run", "A run was frozen, published or closed", "RunEvent"),
    },
    components: {
      schemas: schemas(),
      securitySchemes: {
        apiKey: {
          type: "http",
          scheme: "bearer",
          description: "A key begins with spk_; it is shown once, when it is made.",
        },
      },
    },
  };
}

/** Open to everybody: there is nothing of anybody in them. */
const ABOUT_ITSELF: OpenApiDocument["paths"] = {
  "/api/v1": {
    get: {
      operationId: "readReference",
      summary: "Read this reference as a page",
      security: [],
      responses: {
        200: { description: "A page", content: { "text/html": { schema: { type: "string" } } } },
      },
    },
  },
  "/api/v1/openapi.json": {
    get: {
      operationId: "getOpenApi",
      summary: "Get this document",
      security: [],
      responses: {
        200: {
          description: "The document",
          content: { "application/json": { schema: { type: "object" } } },
        },
      },
    },
  },
};

function pathsOf(operations: readonly Operation[]): OpenApiDocument["paths"] {
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of operations) {
    const address = `/api/v1${operation.address}`;
    paths[address] = { ...paths[address], [operation.method]: operationObject(operation) };
  }
  return paths;
}

function operationObject(operation: Operation): Json {
  const { id, summary, description, scope, path, query, headers, body, answers } = operation;
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    "x-scope": scope,
    parameters: [
      ...parametersOf(path, "path"),
      ...parametersOf(query, "query"),
      // OpenAPI has Accept, like Content-Type and Authorization, apart: what is there to choose tells the answer.
      ...parametersOf(headers, "header").filter(({ name }) => name !== "Accept"),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            description: body.description,
            content: Object.fromEntries(body.media.map((medium) => [medium, {}])),
          },
        }),
    responses: { ...answersOf(answers), ...problemsOf(operation.problems) },
  };
}

function parametersOf(schema: z.ZodObject, place: "path" | "query" | "header") {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as Json;
    return {
      name: place === "header" ? headerName(name) : name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** `idempotency-key` as people write it. */
const headerName = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

const answersOf = (answers: Record<number, AnswerSpec>): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, file, headers }]) => [
      status,
      {
        description,
        ...(headers === undefined
          ? {}
          : {
              headers: Object.fromEntries(
                Object.entries(headers).map(([name, text]) => [
                  name,
                  { description: text, schema: { type: "string" } },
                ]),
              ),
            }),
        content: {
          ...(schema === undefined ? {} : { "application/json": { schema: refTo(schema) } }),
          ...(file === undefined ? {} : { [file]: { schema: { type: "string" } } }),
        },
      },
    ]),
  );

/** By status, each with the codes it may have. */
function problemsOf(codes: readonly ProblemCode[]): Json {
  return Object.fromEntries(
    [...new Set(codes.map((code) => PROBLEMS[code].status))].map((status) => [
      status,
      {
        description: codes
          .filter((code) => PROBLEMS[code].status === status)
          .map((code) => `${code}: ${PROBLEMS[code].title}`)
          .join("; "),
        content: { [PROBLEM_TYPE]: { schema: refTo(problemSchema) } },
      },
    ]),
  );
}

const reference = (id: string) => ({ $ref: `#/components/schemas/${id}` });

const refTo = (schema: z.ZodType) => reference(answerSchemas.get(schema)?.id ?? "");

function schemas(): Record<string, Json> {
  const { schemas: made } = z.toJSONSchema(answerSchemas, {
    uri: (id) => `#/components/schemas/${id}`,
  });
  const named = {
    ...made,
    ImportEvent: z.toJSONSchema(importEventSchema),
    RunEvent: z.toJSONSchema(runEventSchema),
  };
  return Object.fromEntries(
    Object.entries(named).map(([id, { $schema: _, $id: __, ...schema }]) => [id, { ...schema }]),
  );
}

const webhook = (name: string, summary: string, schema: string) => ({
  [name]: {
    post: {
      operationId: `${name}Event`,
      summary,
      description:
        "Sent to the endpoints of sportello webhook add, signed as Standard Webhooks has it: headers webhook-id, " +
        "webhook-timestamp and webhook-signature. It may come more than once, with the same webhook-id.",
      security: [],
      requestBody: { content: { "application/json": { schema: reference(schema) } } },
      responses: {
        "2XX": { description: "It is taken. Anything else is tried again, over 27 hours" },
      },
    },
  },
});
