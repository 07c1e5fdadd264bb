import { documentOf, type OpenApiDocument } from "../openapi-document";
import type { ReferenceWords } from "../reference-page";
import { CUSTOMER_OPERATIONS } from "./all-operations";
import { CUSTOMER_API } from "./answer-customer";
import { customerAnswers, customerProblem } from "./schema";

const DESCRIPTION =
  "For programs of a customer's own: it reads what is in one account, and changes nothing. Calls carry " +
  "Authorization: Bearer and a token, which the page /profile/tokens makes and revokes; 600 an hour for each token. " +
  "What is of another account, or of a former holder, is not there. Quantities are whole numbers in base units. " +
  "What is wrong with a call is told as application/problem+json (RFC 9457).";

/** The OpenAPI document of the customer's API. */
export const customerDocument = (): OpenApiDocument =>
  documentOf({
    base: CUSTOMER_API,
    title: "Sportello customer API",
    version: "1.0.0",
    description: DESCRIPTION,
    operations: CUSTOMER_OPERATIONS,
    answers: customerAnswers,
    problem: customerProblem,
    bearer: {
      name: "token",
      description: "A token begins with spc_; it is shown once, when it is made.",
    },
  });

/** What its page says beside the document. */
export const customerWords: ReferenceWords = {
  base: CUSTOMER_API,
  access:
    "A token reads consumption; a calendar's address reads due dates, and neither does the other's.",
  example: (server) => `curl -H "Authorization: Bearer $SPORTELLO_TOKEN" \\
  "${server}${CUSTOMER_API}/consumption?contract=LUC-0000042&from=2026-11-01&to=2026-11-30&resolution=days"`,
};
