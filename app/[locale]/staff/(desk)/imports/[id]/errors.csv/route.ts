import { getTranslations } from "next-intl/server";
import { csvResponse, refusedFile } from "@/lib/api/csv-response";
import { requireStaff } from "@/lib/auth/current";
import { faultLines, getImport } from "@/lib/imports/queries";
import { errorsFileName, mayImport } from "@/lib/imports/rules";
import { importIdSchema } from "@/lib/imports/schema";
import { whenFound } from "@/lib/imports/when-found";

interface ErrorsRouteContext {
  params: Promise<{ id: string }>;
}

/** What is wrong with a file, with its rows (operators and admins). */
export async function GET(_request: Request, { params }: ErrorsRouteContext): Promise<Response> {
  const ctx = await requireStaff();
  const t = await getTranslations("imports");
  if (!mayImport(ctx.actor)) {
    return refusedFile(403, t("forbidden"));
  }
  const asked = importIdSchema.safeParse((await params).id);
  const found = asked.success ? await whenFound(getImport(ctx, asked.data)) : null;
  if (!found) {
    return refusedFile(404, t("noSuch"));
  }
  return csvResponse(errorsFileName(found.fileName), faultLines(ctx, found.id));
}
