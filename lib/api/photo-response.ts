import { PHOTO_TYPES, type PhotoKind } from "@/lib/consumption/photo/clean-photo";
import { readDocument } from "@/lib/storage/document-storage";
import { MissingDocumentError } from "@/lib/storage/storage-error";

const PRIVATE = { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" };

/** A meter's photo for whoever was found to see it; 404 where there is none, or it has just been removed. */
export async function photoResponse(
  found: { storageKey: string; kind: PhotoKind } | null,
): Promise<Response> {
  const bytes = found && (await readDocument(found.storageKey).catch(nullIfMissing));
  if (!found || !bytes) {
    return new Response(null, { status: 404, headers: PRIVATE });
  }
  return new Response(Buffer.from(bytes), {
    headers: {
      ...PRIVATE,
      "Content-Type": PHOTO_TYPES[found.kind],
      "Content-Disposition": `inline; filename="meter.${found.kind}"`,
      // Somebody else's file gets no rights of this site, whatever is in it.
      "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy": "same-origin",
    },
  });
}

function nullIfMissing(error: unknown): null {
  if (error instanceof MissingDocumentError) {
    return null;
  }
  throw error;
}
