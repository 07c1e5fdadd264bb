import { randomBytes } from "node:crypto";
import { escaped, html, join, type Markup } from "./markup";
import type { OpenApiDocument } from "./openapi-document";
import { fieldsOf, typeInWords } from "./schema-words";
import { PROBLEMS, type ProblemCode } from "./v1/problem";

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  schema: object;
}

interface Described {
  operationId: string;
  summary: string;
  description?: string;
  "x-scope"?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { description?: string; content: Record<string, { schema?: object }> };
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema?: { $ref?: string; type?: string } }> }
  >;
}

const STYLE = `
:root { color-scheme: light dark; --edge: #6b7280; --soft: #f3f4f6; --link: #0b4f6c; --text: #111827; --page: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --edge: #9ca3af; --soft: #1f2937; --link: #8ecae6; --text: #f3f4f6; --page: #0b0f17; }
}
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); margin: 0; overflow-wrap: break-word; }
main, header, nav { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
main { padding-bottom: 4rem; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--edge); margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--edge); }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; }
`;

/** What a page of an API has that its document has not. */
export interface ReferenceWords {
  /** Where the API begins: `/api/v1`. */
  base: string;
  /** Who may do what, in a sentence. */
  access: string;
  /** A call as one types it, without the server. */
  example: (server: string) => string;
}

/** An API's reference, for people. The pages' policy does not reach /api: this one brings its own. */
export function referenceAnswer(document: OpenApiDocument, words: ReferenceWords): Response {
  const nonce = randomBytes(16).toString("base64");
  return new Response(referencePage(document, words, nonce), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "Cache-Control": "no-store",
    },
  });
}

/**
 * The API's document as a page for people: no script, and no style but with the nonce of its policy.
 * @param nonce of this answer's Content-Security-Policy
 */
function referencePage(document: OpenApiDocument, words: ReferenceWords, nonce: string): string {
  const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      address,
      method: method.toUpperCase(),
      described: described as unknown as Described,
    })),
  );
  const webhooks = Object.values(document.webhooks);
  const { title = "", version = "", description = "" } = document.info as Record<string, string>;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${escaped(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>${title} ${version}</h1></header>
<nav aria-label="Contents"><ul>
${join(operations.map(({ described, method, address }) => html`<li><a href="#${described.operationId}"><code>${method} ${address}</code></a> ${described.summary}</li>`))}
${webhooks.length === 0 ? "" : html`<li><a href="#webhooks">Webhooks</a></li>`}
<li><a href="#problems">Problems</a></li>
<li><a href="#schemas">What answers hold</a></li>
</ul></nav>
<main id="content">
<p>${description}</p>
<p>The same as <a href="${words.base}/openapi.json">OpenAPI 3.1</a>. ${words.access}</p>
<pre tabindex="0" role="region" aria-label="Example">${words.example((document.servers as { url: string }[])[0]?.url ?? "")}</pre>
${join(operations.map(operationSection))}
${
  webhooks.length === 0
    ? ""
    : html`<section id="webhooks"><h2>Webhooks</h2>
${join(webhooks.map((hook) => webhookPart(hook.post as Described)))}
</section>`
}
<section id="problems"><h2>Problems</h2>
${table(
  "Codes of problems",
  ["Code", "Status", "What it means"],
  problemsIn(document).map((code) => [
    html`<code id="problem-${code}">${code}</code>`,
    String(PROBLEMS[code].status),
    PROBLEMS[code].title,
  ]),
)}
</section>
<section id="schemas"><h2>What answers hold</h2>
${join(Object.entries(document.components.schemas).map(([id, schema]) => schemaPart(id, schema)))}
</section>
</main>
</body>
</html>
`;
  return page.text;
}

function operationSection({
  method,
  address,
  described,
}: {
  method: string;
  address: string;
  described: Described;
}): Markup {
  const { operationId, summary, description, parameters = [], requestBody, responses } = described;
  return html`<section id="${operationId}">
<h2>${summary}</h2>
<p><code>${method} ${address}</code></p>
${description === undefined ? "" : html`<p>${description}</p>`}
<p>${accessTo(described)}</p>
${
  parameters.length === 0
    ? ""
    : table(
        `Parameters of ${operationId}`,
        ["Name", "In", "What it is"],
        parameters.map((one) => [
          html`<code>${one.name}</code>${one.required ? ", required" : ""}`,
          one.in,
          html`${one.description ?? ""} <br>${typeInWords(one.schema)}`,
        ]),
      )
}
${
  requestBody === undefined
    ? ""
    : html`<p>Body: ${requestBody.description ?? ""} ${Object.keys(requestBody.content).join(", ")}</p>`
}
${table(
  `Answers of ${operationId}`,
  ["Status", "What it means", "Body"],
  Object.entries(responses).map(([status, { description: words, content = {} }]) => [
    status,
    words,
    join(
      Object.entries(content).map(([medium, { schema }]) => html`${medium} ${linkTo(schema)}<br>`),
    ),
  ]),
)}
</section>`;
}

function accessTo({ "x-scope": scope, security }: Described): Markup | string {
  if (scope !== undefined) {
    return html`Scope: <code>${scope}</code>`;
  }
  return security === undefined ? "With Authorization: Bearer." : "Without Authorization: Bearer.";
}

/** The codes that the document's problems may have. */
const problemsIn = ({ components }: OpenApiDocument): ProblemCode[] =>
  (components.schemas.Problem as { properties: { code: { enum: ProblemCode[] } } }).properties.code
    .enum;

function webhookPart({ summary, description = "", requestBody }: Described): Markup {
  const [content] = Object.values(requestBody?.content ?? {});
  return html`<h3>${summary}</h3><p>${description}</p><p>Body: ${linkTo(content?.schema)}</p>`;
}

function schemaPart(id: string, schema: object): Markup {
  const fields = fieldsOf(schema);
  return html`<h3 id="schema-${id}">${id}</h3>
${table(
  `Fields of ${id}`,
  ["Field", "Type", "What it is"],
  fields.map(({ name, type, description }) => [html`<code>${name}</code>`, type, description]),
)}`;
}

function linkTo(schema: { $ref?: string } | undefined): Markup | string {
  const id = schema?.$ref?.split("/").at(-1);
  return id === undefined ? "" : html`<a href="#schema-${id}">${id}</a>`;
}

type Cell = string | Markup;

const table = (caption: string, columns: string[], rows: Cell[][]): Markup =>
  html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${join(columns.map((column) => html`<th scope="col">${column}</th>`))}</tr></thead>
<tbody>${join(rows.map(([first = "", ...cells]) => html`<tr><th scope="row">${first}</th>${join(cells.map((cell) => html`<td>${cell}</td>`))}</tr>`))}</tbody>
</table></div>`;
