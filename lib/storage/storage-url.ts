/** Where documents are kept: a folder of this machine, or a bucket of an S3 service. */
export type StoragePlace =
  | { kind: "folder"; folder: string }
  | {
      kind: "bucket";
      bucket: string;
      /** What every key in the bucket begins with: "" or `some/prefix/`. */
      prefix: string;
      /** Absent: the AWS SDK's own settings hold. */
      region?: string;
      endpoint?: string;
      pathStyle: boolean;
      /** Whether browsers and programs may send large files to the bucket itself; absent: where the platform asks it. */
      directUploads?: boolean;
    };

export type BucketPlace = Extract<StoragePlace, { kind: "bucket" }>;

const PARAMETERS = ["region", "endpoint", "pathStyle", "directUploads"];
/** Amazon's rule for buckets' names; other services have the same. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** What keys may hold (flydrive), one part of a path. */
const PREFIX_PART = /^(?!\.\.?$)[A-Za-z0-9_!.-]+$/;

/** STORAGE_URL is wrong; the message goes on after the variable's name and never holds its value. */
export class StorageUrlError extends Error {
  override name = "StorageUrlError";
}

/**
 * Reads STORAGE_URL: `file:./storage`, `s3://bucket/prefix?region=eu-south-1` or `s3:bucket`, with
 * `region`, `endpoint` (an address), `pathStyle` and `directUploads` (true, false) as parameters.
 * @throws {StorageUrlError}
 */
export function parseStorageUrl(text: string): StoragePlace {
  if (/^file:.+/.test(text)) {
    return { kind: "folder", folder: text.replace(/^file:(\/\/)?/, "") };
  }
  if (!/^s3:/.test(text)) {
    throw new StorageUrlError(
      "must begin with file: and name a folder, for example file:./storage, or with s3: and name a bucket, for example s3://bucket/prefix?region=eu-south-1",
    );
  }
  const [, path = "", query = ""] = /^s3:(?:\/\/)?([^?]*)\??(.*)$/s.exec(text) ?? [];
  const [bucket = "", ...parts] = path.replace(/\/$/, "").split("/");
  if (/[@:]/.test(path)) {
    throw new StorageUrlError(
      "must name the bucket only; credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, an address into ?endpoint=",
    );
  }
  if (!BUCKET.test(bucket)) {
    throw new StorageUrlError(
      "must name a bucket of 3 to 63 small letters, digits, dots and hyphens, for example s3://bucket",
    );
  }
  if (!parts.every((part) => PREFIX_PART.test(part))) {
    throw new StorageUrlError(
      "has a prefix with something else than letters, digits, - _ . ! between its slashes",
    );
  }
  const prefix = parts.map((part) => `${part}/`).join("");
  return { kind: "bucket", bucket, prefix, ...parameters(query) };
}

function parameters(query: string): Omit<BucketPlace, "kind" | "bucket" | "prefix"> {
  const given = new URLSearchParams(query);
  const names = [...given.keys()];
  if (names.some((name) => !PARAMETERS.includes(name)) || new Set(names).size < names.length) {
    throw new StorageUrlError(
      `may have ${PARAMETERS.join(", ")} after its ?, each once and nothing else; credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  }
  const region = given.get("region") ?? undefined;
  if (region !== undefined && !/^[a-z0-9-]{1,40}$/.test(region)) {
    throw new StorageUrlError("has a region that is none; write for example ?region=eu-south-1");
  }
  const endpoint = given.get("endpoint") ?? undefined;
  if (endpoint !== undefined && !isAddress(endpoint)) {
    throw new StorageUrlError(
      "has an endpoint that is no plain address such as https://s3.example.it",
    );
  }
  const directUploads = yesOrNo(given, "directUploads");
  return {
    region,
    endpoint,
    pathStyle: yesOrNo(given, "pathStyle") ?? false,
    ...(directUploads === undefined ? {} : { directUploads }),
  };
}

function yesOrNo(given: URLSearchParams, name: string): boolean | undefined {
  const text = given.get(name);
  if (text !== null && text !== "true" && text !== "false") {
    throw new StorageUrlError(`has a ${name} that is neither true nor false`);
  }
  return text === null ? undefined : text === "true";
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}
