import { z } from "zod";
import { env } from "@/lib/env";
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode } from "./v1/problem";

type Json = Record<string, unknown>;

export interface OpenApiDocument extends Json {
  openapi: "3.1.0";
  paths: Record<string, Record<string, Json>>;
  webhooks: Record<string, Json>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

/** What an answer is, for the document: JSON of a schema, a file, or nothing but a status. */
interface AnswerSpec {
  description: string;
  schema?: z.ZodType;
  /** A media type that comes without a schema. */
  file?: "text/csv" | "text/calendar";
  headers?: Record<string, string>;
}

/** What an operation says of itself. */
export interface DocumentedOperation {
  id: string;
  method: "get" | "post";
  /** Below the API's own address, as OpenAPI writes it: `/imports/{import}`. */
  address: string;
  summary: string;
  description?: string;
  scope?: string;
  /** Its address is the secret: no header is asked for. */
  open?: true;
  path: z.ZodObject;
  query: z.ZodObject;
  /** By their names in lower case. */
  headers?: z.ZodObject;
  body?: { description: string; media: readonly string[] };
  answers: Record<number, AnswerSpec>;
  /** Every problem it may answer with; none where a refusal is a status alone. */
  problems: readonly ProblemCode[];
}

/** An API as its document tells it. */
export interface DocumentedApi {
  /** Where it begins: `/api/v1`. */
  base: string;
  title: string;
  version: string;
  description: string;
  operations: readonly DocumentedOperation[];
  /** What it answers with, by name. */
  answers: z.core.$ZodRegistry<{ id: string }>;
  problem: z.ZodType;
  /** What calls carry as Authorization: Bearer, by its name in the document. */
  bearer: { name: string; description: string };
  webhooks?: OpenApiDocument["webhooks"];
  /** Schemas that no operation answers with. */
  moreSchemas?: Record<string, z.ZodType>;
}

/** The OpenAPI document of an API, made of the schemas that requests are parsed with. */
export function documentOf(api: DocumentedApi): OpenApiDocument {
  const { base, title, version, description, bearer } = api;
  const paths: OpenApiDocument["paths"] = aboutItself(base);
  for (const operation of api.operations) {
    const address = `${base}${operation.address}`;
    paths[address] = { ...paths[address], [operation.method]: operationObject(api, operation) };
  }
  return {
    openapi: "3.1.0",
    info: { title, version, description },
    servers: [{ url: env().APP_URL }],
    security: [{ [bearer.name]: [] }],
    paths,
    webhooks: api.webhooks ?? {},
    components: {
      schemas: schemasOf(api),
      securitySchemes: {
        [bearer.name]: { type: "http", scheme: "bearer", description: bearer.description },
      },
    },
  };
}

/** Open to everybody: there is nothing of anybody in them. */
const aboutItself = (base: string): OpenApiDocument["paths"] => ({
  [base]: {
    get: {
      operationId: "readReference",
      summary: "Read this reference as a page",
      security: [],
      responses: {
        200: { description: "A page", content: { "text/html": { schema: { type: "string" } } } },
      },
    },
  },
  [`${base}/openapi.json`]: {
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
});

function operationObject(api: DocumentedApi, operation: DocumentedOperation): Json {
  const { id, summary, description, scope, path, query, headers, body, answers } = operation;
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(scope === undefined ? {} : { "x-scope": scope }),
    ...(operation.open ? { security: [] } : {}),
    parameters: [
      ...parametersOf(path, "path"),
      ...parametersOf(query, "query"),
      // OpenAPI has Accept, like Content-Type and Authorization, apart: what is there to choose tells the answer.
      ...(headers ? parametersOf(headers, "header") : []).filter(({ name }) => name !== "Accept"),
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
    responses: { ...answersOf(api, answers), ...problemsOf(api, operation.problems) },
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

const answersOf = (api: DocumentedApi, answers: Record<number, AnswerSpec>): Json =>
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
          ...(schema === undefined ? {} : { "application/json": { schema: refTo(api, schema) } }),
          ...(file === undefined ? {} : { [file]: { schema: { type: "string" } } }),
        },
      },
    ]),
  );

/** By status, each with the codes it may have. */
function problemsOf(api: DocumentedApi, codes: readonly ProblemCode[]): Json {
  return Object.fromEntries(
    [...new Set(codes.map((code) => PROBLEMS[code].status))].map((status) => [
      status,
      {
        description: codes
          .filter((code) => PROBLEMS[code].status === status)
          .map((code) => `${code}: ${PROBLEMS[code].title}`)
          .join("; "),
        content: { [PROBLEM_TYPE]: { schema: refTo(api, api.problem) } },
      },
    ]),
  );
}

/** A schema of the document by its name. */
export const reference = (id: string) => ({ $ref: `#/components/schemas/${id}` });

const refTo = ({ answers }: DocumentedApi, schema: z.ZodType) =>
  reference(answers.get(schema)?.id ?? "");

function schemasOf({ answers, moreSchemas = {} }: DocumentedApi): Record<string, Json> {
  const { schemas: made } = z.toJSONSchema(answers, {
    uri: (id) => `#/components/schemas/${id}`,
  });
  const more = Object.entries(moreSchemas).map(([id, schema]) => [id, z.toJSONSchema(schema)]);
  return Object.fromEntries(
    Object.entries({ ...made, ...Object.fromEntries(more) } as Record<string, Json>).map(
      ([id, { $schema: _, $id: __, ...schema }]) => [id, { ...schema }],
    ),
  );
}
