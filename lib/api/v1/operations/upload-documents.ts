import { open } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { apiDocuments } from "@/db/schema";
import { violatedConstraint } from "@/lib/errors";
import { putDocumentFile, removeDocuments } from "@/lib/storage/document-storage";
import { companyOfCall } from "../caller-company";
import { keepDocuments } from "../commands/keep-documents";
import { NONE, operation } from "../operation";
import { ProblemError } from "../problem";
import { mediumOf } from "../received-body";
import { withReceived } from "../received-upload";
import { documentsSchema } from "../schema";
import { ownerOfCall } from "./offer-upload";
import { companyParameter, idParameter } from "./parameters";

const ZIP = "application/zip" as const;

export const uploadDocuments = operation({
  id: "uploadDocuments",
  method: "post",
  address: "/documents",
  summary: "Store a ZIP with the PDFs of bills",
  description:
    "Send it before the bills and name it there with documents=. A file of the ZIP is found by what stands in the " +
    "bills' column document. A ZIP that no import names within seven days is forgotten.",
  scope: "imports:write",
  path: NONE,
  query: z.strictObject({
    company: companyParameter,
    upload: idParameter
      .optional()
      .describe("The id from POST /uploads of a ZIP that was sent to the storage; then no body"),
  }),
  headers: NONE,
  body: { description: "The ZIP, 2 GB at most", media: ["application/zip"] },
  answers: { 201: { description: "The ZIP is stored", schema: documentsSchema } },
  problems: ["not_found", "refused", "too_large", "unsupported_media_type", "busy"],
  async handle(call) {
    const { ctx, query, request } = call;
    const company = await companyOfCall(call, query.company);
    mediumOf(request, [ZIP]);
    const upload = query.upload
      ? { id: query.upload, owner: ownerOfCall(call, company), medium: ZIP }
      : undefined;
    return await withReceived(request, upload, async (receive) => {
      const { bytes, sha256, ...received } = await receive();
      if (!("key" in received ? received.isZip : await isZip(received.file))) {
        throw new ProblemError(
          "refused",
          "The body is no ZIP with files in it; send the ZIP itself.",
        );
      }
      const id = upload?.id ?? uuidv7();
      const storageKey = "key" in received ? received.key : `imports/${id}/documents.zip`;
      if ("file" in received) {
        await putDocumentFile(storageKey, received.file);
      }
      try {
        await keepDocuments(ctx, { id, companyId: company.id, storageKey, bytes, sha256 });
      } catch (error) {
        if (upload && violatedConstraint(error) === "api_documents_pkey") {
          return stored({ id, bytes, sha256 });
        }
        // A commit may have come through though its answer did not.
        if (!upload && (await ctx.db.$count(apiDocuments, eq(apiDocuments.id, id))) === 0) {
          await removeDocuments([storageKey]);
        }
        throw error;
      }
      return stored({ id, bytes, sha256 });
    });
  },
});

const stored = (zip: z.input<typeof documentsSchema>) => Response.json(zip, { status: 201 });

/** Whether it begins as a ZIP with files in it does; the import looks closer. */
async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.equals(Buffer.from("PK\x03\x04", "latin1"));
  } finally {
    await handle.close();
  }
}
