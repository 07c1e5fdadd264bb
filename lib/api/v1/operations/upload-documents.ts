import { open } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { apiDocuments } from "@/db/schema";
import { putDocumentFile, removeDocuments } from "@/lib/storage/document-storage";
import { companyOfCall } from "../caller-company";
import { keepDocuments } from "../commands/keep-documents";
import { NONE, operation } from "../operation";
import { ProblemError } from "../problem";
import { mediumOf, withBody } from "../received-body";
import { LARGEST_BODY } from "../rules";
import { documentsSchema } from "../schema";
import { companyParameter } from "./parameters";

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
  query: z.strictObject({ company: companyParameter }),
  headers: NONE,
  body: { description: "The ZIP, 2 GB at most", media: ["application/zip"] },
  answers: { 201: { description: "The ZIP is stored", schema: documentsSchema } },
  problems: ["not_found", "refused", "too_large", "unsupported_media_type", "busy"],
  async handle(call) {
    const { ctx, query, request } = call;
    const company = await companyOfCall(call, query.company);
    mediumOf(request, ["application/zip"]);
    return await withBody(request, LARGEST_BODY, async (receive) => {
      const { file, bytes, sha256 } = await receive();
      await requireZip(file);
      const id = uuidv7();
      const storageKey = `imports/${id}/documents.zip`;
      await putDocumentFile(storageKey, file);
      try {
        await keepDocuments(ctx, { id, companyId: company.id, storageKey, bytes, sha256 });
      } catch (error) {
        // A commit may have come through though its answer did not.
        if ((await ctx.db.$count(apiDocuments, eq(apiDocuments.id, id))) === 0) {
          await removeDocuments([storageKey]);
        }
        throw error;
      }
      return Response.json({ id, bytes, sha256 } satisfies z.input<typeof documentsSchema>, {
        status: 201,
      });
    });
  },
});

/** @throws {ProblemError} for what does not begin as a ZIP with files in it does; the import looks closer */
async function requireZip(file: string): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    if (!buffer.equals(Buffer.from("PK\x03\x04", "latin1"))) {
      throw new ProblemError(
        "refused",
        "The body is no ZIP with files in it; send the ZIP itself.",
      );
    }
  } finally {
    await handle.close();
  }
}
