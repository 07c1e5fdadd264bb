import { getTranslations } from "next-intl/server";
import { renderAnswerLetter } from "@/lib/api/answer-letter";
import { refusedFile } from "@/lib/api/csv-response";
import { pdfResponse } from "@/lib/api/tagged-pdf";
import { requireStaff } from "@/lib/auth/current";
import { ForbiddenError, NotFoundError } from "@/lib/errors";
import { printAnswerLetter } from "@/lib/support/commands/print-answer-letter";
import { caseIdSchema } from "@/lib/support/schema";

interface LetterRouteContext {
  params: Promise<{ id: string }>;
}

/** The answer as a letter to print and post; audited each time. */
export async function GET(_request: Request, { params }: LetterRouteContext): Promise<Response> {
  const ctx = await requireStaff();
  const t = await getTranslations("cases.letter");
  const asked = caseIdSchema.safeParse({ caseId: (await params).id });
  if (!asked.success) {
    return refusedFile(404, t("missing"));
  }
  try {
    const letter = await printAnswerLetter(ctx, asked.data);
    return pdfResponse(`${letter.caseCode}.pdf`, await renderAnswerLetter(letter));
  } catch (error) {
    if (error instanceof ForbiddenError) {
      return refusedFile(403, t("forbidden"));
    }
    if (error instanceof NotFoundError) {
      return refusedFile(404, t("missing"));
    }
    throw error;
  }
}
