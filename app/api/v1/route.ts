import { referenceAnswer } from "@/lib/api/reference-page";
import { openApiDocument, referenceWords } from "@/lib/api/v1/openapi";

export const dynamic = "force-dynamic";

/** The operator's API, for people. */
export function GET(): Response {
  return referenceAnswer(openApiDocument(), referenceWords);
}
