import { env } from "@/lib/env";
import { type BucketPlace, parseStorageUrl } from "./storage-url";

/** The bucket, where it takes files from browsers and programs: asked for in STORAGE_URL, and by itself on Vercel. */
export function directBucket(): BucketPlace | null {
  const place = parseStorageUrl(env().STORAGE_URL);
  const direct = place.kind === "bucket" && (place.directUploads ?? Boolean(process.env.VERCEL));
  return direct ? place : null;
}

/** The origin that browsers send files to, for a page's policy; null where none are. */
export function uploadOrigin(): string | null {
  const place = directBucket();
  if (!place) {
    return null;
  }
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const region = place.region ?? (AWS_REGION || AWS_DEFAULT_REGION || "us-east-1");
  const service = new URL(
    place.endpoint ??
      (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`),
  );
  // A name with points has no certificate of its own: the SDK then writes it into the path.
  const inPath = place.pathStyle || (place.bucket.includes(".") && service.protocol === "https:");
  return inPath ? service.origin : `${service.protocol}//${place.bucket}.${service.host}`;
}
