import { customerDocument, customerWords } from "@/lib/api/customer/openapi";
import { referenceAnswer } from "@/lib/api/reference-page";

/** Where this server is reached stands in it. */
export const dynamic = "force-dynamic";

/** The customer's API, for people. */
export function GET(): Response {
  return referenceAnswer(customerDocument(), customerWords);
}
