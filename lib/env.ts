import { z } from "zod";
import { parseStorageUrl, StorageUrlError } from "./storage/storage-url";

/** Reads whitespace-only as absent, as shells and .env files leave it. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/\S+$/, "must look like postgres://user:password@host:5432/database");

const secret = z.string().min(32, "must have at least 32 characters (openssl rand -base64 32)");

/** What is at rest under the old one is still read while both stand here. */
const oneOrTwoSecrets = z
  .string()
  .refine(
    (text) => text.split(",").length <= 2 && text.split(",").every((one) => one.length >= 32),
    {
      error:
        "must have at least 32 characters (openssl rand -base64 32); two, with a comma, new one first",
    },
  );

const storageUrl = z.string().superRefine((text, ctx) => {
  try {
    parseStorageUrl(text);
  } catch (error) {
    if (!(error instanceof StorageUrlError)) {
      throw error;
    }
    ctx.addIssue({ code: "custom", message: error.message });
  }
});

/**
 * Every variable that Sportello reads. The descriptions become .env.example
 * (`npm run check` compares).
 */
export const envSchema = z.object({
  DATABASE_URL: postgresUrl.describe(
    "PostgreSQL 18 or later, as a member of the role sportello_web (owns nothing, sees its actor's rows only)",
  ),
  DATABASE_WORKER_URL: optional(postgresUrl).describe(
    "The same database as a member of sportello_worker: worker, command line, cron. Both may lead to a pooler in transaction mode; ?prepare=false for one without prepared statements",
  ),
  DATABASE_OWNER_URL: optional(postgresUrl).describe(
    "The same database as its owner: migrations only; not needed by a running web server",
  ),
  APP_URL: z
    .url({ protocol: /^https?$/, error: "must be an address such as https://bollette.example.it" })
    .transform((url) => url.replace(/\/+$/, ""))
    .describe("Where customers reach Sportello; links in e-mails begin with it"),
  AUTH_SECRET: oneOrTwoSecrets.describe(
    "Makes mailed tokens, codes and pseudonyms, and encrypts second factors; two, with a comma and the new one first, during a rotation (openssl rand -hex 32)",
  ),
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: optional(z.string()).describe(
    "The same on every web process, and at each build, so that forms opened before a new version still arrive (openssl rand -base64 32)",
  ),
  RESEND_API_KEY: z
    .string()
    .min(1, "is the key of your Resend account")
    .describe(
      "Key of the Resend account that sends the e-mails; for the local mailbox anything that begins with re_",
    ),
  RESEND_BASE_URL: optional(z.url()).describe(
    "Another address for Resend's API; for trials with the local mailbox: http://127.0.0.1:8025",
  ),
  RESEND_LIST_DAYS: z
    .preprocess(
      (value) => (value === "" ? undefined : value),
      z.coerce
        .number("must be a number of days from 1 to 3650")
        .int()
        .min(1, "must be a number of days from 1 to 3650")
        .max(3650, "must be a number of days from 1 to 3650")
        .default(1),
    )
    .describe(
      "For how many days your Resend plan lists what was sent (Free 1, Pro 3, Scale 7): what is missing there since then was never sent; 1 if left out",
    ),
  RESEND_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_[A-Za-z0-9+/=]+(,whsec_[A-Za-z0-9+/=]+)?$/,
      "must be one or two secrets that begin with whsec_, separated by a comma",
    )
    .describe(
      "Signing secret of the webhook endpoint, as Resend shows it; two, with a comma, during a rotation; for the local mailbox whsec_ and openssl rand -base64 24",
    ),
  STORAGE_URL: storageUrl.describe(
    "Where the PDFs of documents live: file:./folder, or s3://bucket/prefix with ?region=, &endpoint= and &pathStyle=true as needed (&directUploads=true: large files go there straight from browsers) and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY beside it",
  ),
  CRON_SECRET: optional(secret).describe(
    "Bearer token of /api/cron/tick; needed where no worker runs (openssl rand -hex 32)",
  ),
  DATABASE_SILENCE_SECONDS: z
    .preprocess(
      (value) => (value === "" ? undefined : value),
      z.coerce
        .number("must be a number of seconds from 5 to 86400")
        .int()
        .min(5, "must be a number of seconds from 5 to 86400")
        .max(86_400, "must be a number of seconds from 5 to 86400")
        .default(900),
    )
    .describe(
      "After so many seconds without a sign of the database in the middle of a job's statement its connection counts as lost (pages: 9); more than the longest statement takes",
    ),
  TRUSTED_PROXY_HOPS: z.coerce
    .number("must be a whole number from 0 to 10")
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("How many proxies of your own stand before Sportello"),
  METRICS_PORT: optional(
    z.coerce
      .number("must be a port from 1 to 65534")
      .int()
      .min(1, "must be a port from 1 to 65534")
      .max(65_534, "must be a port from 1 to 65534"),
  ).describe(
    "Port of the web process's /metrics for Prometheus, the next one is the worker's; without it there are none",
  ),
  METRICS_HOST: z
    .preprocess((value) => (value === "" ? undefined : value), z.string().default("127.0.0.1"))
    .describe("Address that /metrics is served on; never one that the internet reaches"),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(z.url({ protocol: /^https?$/ })).describe(
    "Where traces go by OTLP over HTTP, for example http://127.0.0.1:4318; none without it. The SDK's other variables (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER) count too",
  ),
});

export type Env = z.infer<typeof envSchema>;

let parsed: Env | undefined;

/**
 * The environment, parsed once.
 * @throws {Error} naming each wrong variable and what it must be, never its value.
 */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}

/** Parses a given environment; `env()` is the one the running process uses. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const result = envSchema.safeParse(source);
  if (result.success) {
    return result.data;
  }
  const faults = result.error.issues.map((issue) => {
    const name = issue.path.join(".");
    return source[name] ? `${name} ${issue.message}` : `${name} is not set`;
  });
  throw new EnvError(`Wrong environment: ${[...new Set(faults)].join("; ")}. See .env.example.`);
}

/** A variable is missing or wrong; the message is one line for the operator. */
export class EnvError extends Error {
  override name = "EnvError";
}
