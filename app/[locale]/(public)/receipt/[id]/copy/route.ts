import { readableCase } from "@/components/support/readable-case";
import { renderCaseCopy } from "@/lib/api/case-copy";
import { pdfResponse } from "@/lib/api/tagged-pdf";
import { currentLanguage } from "@/lib/auth/current";

interface CopyRouteContext {
  params: Promise<{ id: string }>;
}

/** The copy of a complaint or question, to be kept or printed, for whoever may read its receipt (R28). */
export async function GET(_request: Request, { params }: CopyRouteContext): Promise<Response> {
  const { found } = await readableCase((await params).id);
  const copy = await renderCaseCopy(found, await currentLanguage());
  return pdfResponse(`${found.caseCode}.pdf`, copy);
}
