import { getTranslations } from "next-intl/server";
import { refusedFile } from "@/lib/api/csv-response";
import { renderReleaseLetter } from "@/lib/api/release-letter";
import { pdfResponse } from "@/lib/api/tagged-pdf";
import { requireStaff } from "@/lib/auth/current";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { printReleaseLetter } from "@/lib/support/commands/print-release-letter";
import { releaseSchema } from "@/lib/support/schema";

interface LetterRouteContext {
  params: Promise<{ id: string }>;
}

/** The letter with a release's code, for who began it, while it is open (R6); audited each time. */
export async function GET(_request: Request, { params }: LetterRouteContext): Promise<Response> {
  const ctx = await requireStaff();
  const t = await getTranslations("staffAccess.release");
  const asked = releaseSchema.safeParse({ releaseId: (await params).id });
  if (!asked.success) {
    return refusedFile(404, t("fileMissing"));
  }
  try {
    const letter = await printReleaseLetter(ctx, asked.data);
    return pdfResponse(`lettera-${letter.contractNumber}.pdf`, await renderReleaseLetter(letter));
  } catch (error) {
    if (error instanceof ForbiddenError) {
      return refusedFile(403, t("fileForbidden"));
    }
    if (error instanceof NotFoundError) {
      return refusedFile(404, t("fileMissing"));
    }
    throw error;
  }
}
