import { RefusalError } from "@/lib/errors";

/**
 * The storage did not do what it was asked. One line for the operator: it names bucket, key and what to do, and holds
 * nothing of credentials. It carries no cause: an S3 service's answer repeats access keys and what was signed.
 */
export class StorageError extends RefusalError {
  override name = "StorageError";
}

/** There is no document under this key. */
export class MissingDocumentError extends StorageError {
  override name = "MissingDocumentError";
  constructor(key: string) {
    super(`There is no document ${key} in the storage.`);
  }
}
