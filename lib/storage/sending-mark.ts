import { z } from "zod";
import { findDocument, putDocument } from "./document-storage";

const markSchema = z.object({ number: z.int(), server: z.string().nullable() });

/** How far an installation has come with sending (R17), kept where a restored database does not reach. */
export type SendingMark = z.infer<typeof markSchema>;

const keyOf = (installationId: string) => `sending/${installationId}.json`;

/** Replaces an installation's mark by a later one. */
export async function writeSendingMark(installationId: string, mark: SendingMark): Promise<void> {
  await putDocument(keyOf(installationId), Buffer.from(`${JSON.stringify(mark)}\n`));
}

/** An installation's mark; null when there is none, or what stands there is none. */
export async function readSendingMark(installationId: string): Promise<SendingMark | null> {
  const bytes = await findDocument(keyOf(installationId));
  if (!bytes) {
    return null;
  }
  try {
    return markSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return null;
  }
}
