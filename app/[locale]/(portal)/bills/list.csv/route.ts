import { getTranslations } from "next-intl/server";
import { csvResponse, refusedFile } from "@/lib/api/csv-response";
import { csvLines } from "@/lib/api/data-files";
import { requireCustomer } from "@/lib/auth/current";
import { withinLimits } from "@/lib/auth/limits";
import { billListFile } from "@/lib/documents/bill-list-file";
import { billFilterSchema } from "@/lib/documents/schema";

/** The archive's list as a customer filtered it, all its pages; of others there is nothing in it (R28). */
export async function GET(request: Request): Promise<Response> {
  const ctx = await requireCustomer("/bills");
  const t = await getTranslations("archive");
  if (!(await withinLimits(ctx.db, [["bill_files", ctx.actor.accountId]]))) {
    return refusedFile(429, t("problem.tooMany"));
  }
  const filter = billFilterSchema.parse(Object.fromEntries(new URL(request.url).searchParams));
  const set = billListFile(ctx, filter, { t, bills: await getTranslations("bills") });
  return csvResponse(`${set.name}.csv`, csvLines(set));
}
