import { getTranslations } from "next-intl/server";
import { refusedFile } from "@/lib/api/csv-response";
import { zipResponse } from "@/lib/api/zip-response";
import { requireCustomer } from "@/lib/auth/current";
import { withinLimits } from "@/lib/auth/limits";
import { listBillPdfs } from "@/lib/documents/queries/bill-files";
import { MOST_PDFS, pdfNames } from "@/lib/documents/rules";
import { billFilterSchema } from "@/lib/documents/schema";
import { streamDocument } from "@/lib/storage/document-storage";

/**
 * The PDFs of the archive's list as a customer filtered it; none of others' is among them (R28). To take many
 * along is not to open one: that is noted where a single one is asked for.
 */
export async function GET(request: Request): Promise<Response> {
  const ctx = await requireCustomer("/bills");
  const t = await getTranslations("archive");
  if (!(await withinLimits(ctx.db, [["bill_files", ctx.actor.accountId]]))) {
    return refusedFile(429, t("problem.tooMany"));
  }
  const filter = billFilterSchema.parse(Object.fromEntries(new URL(request.url).searchParams));
  const pdfs = await listBillPdfs(ctx, filter, MOST_PDFS + 1);
  if (pdfs.length > MOST_PDFS) {
    return refusedFile(400, t("problem.tooManyPdfs", { most: MOST_PDFS }));
  }
  if (pdfs.length === 0) {
    return refusedFile(404, t("problem.noPdfs"));
  }
  const names = pdfNames(pdfs);
  return zipResponse(
    `${t("file.name")}.zip`,
    pdfs.map(({ storageKey }, at) => ({
      name: names[at] ?? "",
      bytes: () => streamDocument(storageKey),
    })),
  );
}
