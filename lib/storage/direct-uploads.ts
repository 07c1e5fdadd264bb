import { createHash } from "node:crypto";
import path from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { v7 as uuidv7 } from "uuid";
import { openClient } from "./bucket-driver";
import { listDocuments, sizeOfDocument, streamDocument } from "./document-storage";
import { MissingDocumentError } from "./storage-error";
import { directBucket } from "./upload-origin";

/** The folder of files that were sent to the storage itself. */
export const UPLOADS = "uploads";
const KEY =
  /^uploads\/\d+\/[A-Za-z0-9-]+\/([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f-]{21}\/\w+\.[a-z]+$/;
const ZIP_HEAD = Buffer.from("PK\x03\x04", "latin1");
/** In which what is offered has to begin. */
const OFFERED_SECONDS = 15 * 60;
/** After which what nobody made an import of is removed. */
export const UNUSED_UPLOAD_HOURS = 24;

/**
 * Bytes of a file that goes to the bucket itself. On Vercel whoever imports it has 512 MB of disk, for the file and
 * its PDFs.
 */
export const largestDirectUpload = () => (process.env.VERCEL ? 240 : 2048) * 1024 * 1024;

/** Whose uploads: a company's, by one person or one API key. */
export interface UploadOwner {
  companyId: number;
  /** An id without a slash. */
  by: string;
}

/** A file that is announced: what it is in its upload, and exactly how large. */
export interface Announced {
  part: "file" | "documents";
  /** With its point. */
  ending: string;
  contentType: string;
  bytes: number;
}

/** How one file is sent: one PUT with exactly these headers. */
interface SignedPut {
  url: string;
  headers: Record<string, string>;
}

export interface OfferedUpload {
  id: string;
  expiresAt: Date;
  puts: Partial<Record<Announced["part"], SignedPut>>;
}

/** What arrived of an upload, as the storage has it and nobody's word for it. */
export interface ArrivedFile {
  key: string;
  bytes: number;
}

/** What was read of it, from its first byte to its last. */
export interface ReadFile extends ArrivedFile {
  /** Hexadecimal. */
  sha256: string;
  /** It begins as a ZIP with files in it does. */
  isZip: boolean;
}

/** Whether files can be sent to the storage itself, past this server and its limit of a body. */
export const takesDirectUploads = (): boolean => directBucket() !== null;

let client: Promise<S3Client> | undefined;

/**
 * Offers a place for a file, and perhaps its PDFs, that nobody else can write to: the bucket's service takes one PUT
 * of the announced size and type, within a quarter of an hour.
 * @throws {Error} where `takesDirectUploads` says no, and for what is larger than `largestDirectUpload`
 */
export async function offerUpload(owner: UploadOwner, files: Announced[]): Promise<OfferedUpload> {
  const place = directBucket();
  if (!place || files.some(({ bytes }) => !(bytes > 0 && bytes <= largestDirectUpload()))) {
    throw new Error("such an upload is not offered");
  }
  client ??= openClient(place);
  const [signer, { PutObjectCommand }, { getSignedUrl }] = await Promise.all([
    client,
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/s3-request-presigner"),
  ]);
  const id = uuidv7();
  const expiresAt = new Date(Date.now() + OFFERED_SECONDS * 1000);
  const puts: OfferedUpload["puts"] = {};
  for (const { part, ending, contentType, bytes } of files) {
    const command = new PutObjectCommand({
      Bucket: place.bucket,
      Key: `${place.prefix}${folderOf(owner)}/${id}/${part}${ending}`,
      ContentType: contentType,
      ContentLength: bytes,
    });
    const url = await getSignedUrl(signer, command, {
      expiresIn: OFFERED_SECONDS,
      // Both are part of the signature: another size or type is refused by the service.
      signableHeaders: new Set(["host", "content-type", "content-length"]),
    });
    puts[part] = { url, headers: { "content-type": contentType } };
  }
  return { id, expiresAt, puts };
}

/**
 * What of an upload has arrived, looked at in the bucket: nothing of another owner's, and nothing too large.
 * Undefined for a part that is not there.
 */
export async function arrivedFiles(
  owner: UploadOwner,
  id: string,
): Promise<Partial<Record<Announced["part"], ArrivedFile>>> {
  const arrived: Awaited<ReturnType<typeof arrivedFiles>> = {};
  for await (const key of listDocuments(`${folderOf(owner)}/${id}`)) {
    const part = path.parse(key).name;
    const bytes = await sizeOfDocument(key).catch((error: unknown) => {
      if (error instanceof MissingDocumentError) {
        return 0;
      }
      throw error;
    });
    if ((part === "file" || part === "documents") && bytes > 0 && bytes <= largestDirectUpload()) {
      arrived[part] = { key, bytes };
    }
  }
  return arrived;
}

/** Reads an arrived file without keeping it: what it is when it is imported is compared with this. */
export async function readArrived({ key }: ArrivedFile): Promise<ReadFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  let head = Buffer.alloc(0);
  for await (const chunk of (await streamDocument(key)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    head = head.length < ZIP_HEAD.length ? Buffer.concat([head, chunk]) : head;
  }
  const isZip = head.subarray(0, ZIP_HEAD.length).equals(ZIP_HEAD);
  return { key, bytes, sha256: hash.digest("hex"), isZip };
}

const folderOf = ({ companyId, by }: UploadOwner) => `${UPLOADS}/${companyId}/${by}`;

/** The keys of all uploads, in no order. */
export const listUploadKeys = (): AsyncGenerator<string> => listDocuments(UPLOADS);

/** When an upload's place was offered, in milliseconds; null for a key of something else. */
export function uploadOfferedAt(key: string): number | null {
  const [, high, low] = KEY.exec(key) ?? [];
  return high === undefined || low === undefined ? null : Number.parseInt(high + low, 16);
}
