import { z } from "zod";
import { findDocument, putDocument } from "./document-storage";

const KEY = "audit/anchor.json";

const anchorSchema = z.object({ number: z.int(), hash: z.string(), sealedAt: z.string() });

/** The head of the audit log's blocks (R30), kept where whoever changes the database does not reach. */
export type AuditAnchor = z.infer<typeof anchorSchema>;

/** Replaces the anchor by a later one. */
export async function writeAuditAnchor(anchor: AuditAnchor): Promise<void> {
  await putDocument(KEY, Buffer.from(`${JSON.stringify(anchor)}\n`));
}

/** The anchor; null when there is none, or what stands there is none. */
export async function readAuditAnchor(): Promise<AuditAnchor | null> {
  const bytes = await findDocument(KEY);
  if (!bytes) {
    return null;
  }
  try {
    return anchorSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return null;
  }
}
