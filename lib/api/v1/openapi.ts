import { API_SCOPES } from "@/db/schema";
import { importEventSchema, runEventSchema } from "@/lib/api/webhooks/schema";
import { documentOf, type OpenApiDocument, reference } from "../openapi-document";
import type { ReferenceWords } from "../reference-page";
import { OPERATIONS } from "./all-operations";
import { answerSchemas, problemSchema } from "./schema";

const BASE = "/api/v1";

/** The API's version: what is taken away or changes its meaning gets another address. */
const VERSION = "1.0.0";

const DESCRIPTION =
  "For the billing system and other machines of the operator. Every call but for this document carries " +
  "Authorization: Bearer and an API key, which sportello api-key add makes. A key that is of one company sees " +
  "nothing of others: they answer 404. What is wrong with a call is told as application/problem+json (RFC 9457). " +
  "Instants are in UTC; files are as the command line imports them.";

/** The OpenAPI document of the operator's API. */
export const openApiDocument = (): OpenApiDocument =>
  documentOf({
    base: BASE,
    title: "Sportello API",
    version: VERSION,
    description: DESCRIPTION,
    operations: OPERATIONS,
    answers: answerSchemas,
    problem: problemSchema,
    bearer: {
      name: "apiKey",
      description: "A key begins with spk_; it is shown once, when it is made.",
    },
    webhooks: {
      ...webhook("import", "An import was checked, or came to its end", "ImportEvent"),
      ...webhook("run", "A run was frozen, published or closed", "RunEvent"),
    },
    moreSchemas: { ImportEvent: importEventSchema, RunEvent: runEventSchema },
  });

/** What its page says beside the document. */
export const referenceWords: ReferenceWords = {
  base: BASE,
  access: `Scopes of a key: ${API_SCOPES.join(", ")}.`,
  example: (
    server,
  ) => `curl -H "Authorization: Bearer $SPORTELLO_KEY" -H "Content-Type: text/csv" -H "Idempotency-Key: contracts-2026-12-01" \\
  --data-binary @contracts.csv "${server}${BASE}/imports/contracts?company=luce-chiara"`,
};

const webhook = (name: string, summary: string, schema: string) => ({
  [name]: {
    post: {
      operationId: `${name}Event`,
      summary,
      description:
        "Sent to the endpoints of sportello webhook add, signed as Standard Webhooks has it: headers webhook-id, " +
        "webhook-timestamp and webhook-signature. It may come more than once, with the same webhook-id.",
      security: [],
      requestBody: { content: { "application/json": { schema: reference(schema) } } },
      responses: {
        "2XX": { description: "It is taken. Anything else is tried again, over 27 hours" },
      },
    },
  },
});
