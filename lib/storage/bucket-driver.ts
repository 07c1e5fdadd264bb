import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { DriverContract } from "flydrive/types";
import { MissingDocumentError, StorageError } from "./storage-error";
import type { BucketPlace } from "./storage-url";

/** In milliseconds; a document has 20 MB at most. */
const PATIENCE = {
  connect: 5_000,
  /** Until the answer begins, what is sent included. */
  answer: 30_000,
  /** In which nothing comes. */
  silence: 15_000,
};
const ATTEMPTS = 3;

/** What signs for a bucket; nothing is asked of it. */
export async function openClient(place: BucketPlace, patience = PATIENCE): Promise<S3Client> {
  // It would write to stderr what this Node.js is too old for in its versions to come; ours is a fixed one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // Only here: the SDK takes half a second to load, and a folder needs none of it.
  const { S3Client: Client } = await import("@aws-sdk/client-s3");
  return new Client(settings(place, patience));
}

/**
 * Reaches a private bucket: no public ACL is ever asked for. Credentials, and what the place does not say, come from
 * the AWS SDK's own variables (AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL_S3, a role, a profile).
 */
export async function openBucket(place: BucketPlace, patience = PATIENCE): Promise<DriverContract> {
  const [client, { S3Driver }] = await Promise.all([
    openClient(place, patience),
    import("flydrive/drivers/s3"),
  ]);
  return new S3Driver({
    client,
    bucket: place.bucket,
    visibility: "private",
    supportsACL: false,
  });
}

function settings(
  { region, endpoint, pathStyle }: BucketPlace,
  patience: typeof PATIENCE,
): S3ClientConfig {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const elsewhere = endpoint ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL);
  const known = region ?? (AWS_REGION || AWS_DEFAULT_REGION);
  return {
    ...(endpoint ? { endpoint } : {}),
    // Services other than Amazon's mostly have no regions and accept this one.
    ...(known || elsewhere ? { region: known || "us-east-1" } : {}),
    ...(elsewhere
      ? {
          requestChecksumCalculation: "WHEN_REQUIRED" as const,
          responseChecksumValidation: "WHEN_REQUIRED" as const,
        }
      : {}),
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: patience.connect,
      requestTimeout: patience.answer,
      throwOnRequestTimeout: true,
      socketTimeout: patience.silence,
    },
  };
}

/** What an S3 service's or the SDK's error means, in one sentence. */
export function bucketError(error: unknown, place: BucketPlace, key: string): StorageError {
  const { name, code, status } = rootOf(error);
  const bucket = `The bucket ${place.bucket}`;
  const word = code || name || (status ? String(status) : "an unknown error");
  if (name === "NoSuchKey") {
    return new MissingDocumentError(key);
  }
  if (name === "NoSuchBucket") {
    return new StorageError(`${bucket} does not exist; compare STORAGE_URL.`);
  }
  if (/Credentials|Token(Provider)?Error$/.test(name)) {
    return new StorageError(
      `${bucket} cannot be used without credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
    );
  }
  if (status === 401 || status === 403) {
    return new StorageError(
      `${bucket} refuses these credentials (${word}, at ${key}); compare AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what its policy lets them read, write, delete and list.`,
    );
  }
  if (status === 301 || name === "AuthorizationHeaderMalformed" || name === "RegionMissing") {
    return new StorageError(
      `${bucket} is in another region; set it in STORAGE_URL (?region=) or in AWS_REGION.`,
    );
  }
  if (status === undefined || status >= 500) {
    return new StorageError(
      `${bucket} does not answer as it should (${word}, at ${key}, after ${ATTEMPTS} attempts); is the service up, and STORAGE_URL right? Then try again.`,
    );
  }
  return new StorageError(`${bucket} refuses ${key} (${word}); compare STORAGE_URL.`);
}

interface Root {
  name: string;
  code: string;
  status?: number;
}

/** flydrive wraps what the SDK throws, and the SDK at times what Node.js does. */
function rootOf(error: unknown): Root {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error && at.cause instanceof Error; depth += 1) {
    at = at.cause;
  }
  const { name, code, message, $metadata } = at as {
    name?: unknown;
    code?: unknown;
    message?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return {
    name: message === "Region is missing" ? "RegionMissing" : plainWord(name),
    code: plainWord(code),
    status: $metadata?.httpStatusCode,
  };
}

/** Names and codes as they are known; a service's free text is not repeated. */
const plainWord = (value: unknown): string =>
  typeof value === "string" && /^[A-Za-z0-9_]{1,60}$/.test(value) ? value : "";
