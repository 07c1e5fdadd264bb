import { escapeHtml } from "../escape-html";
import type { Message } from "./message";

/** The pages carry their style in themselves and need no script. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const STYLE = `
:root{color-scheme:light dark;--surface:#f8f7f4;--panel:#fff;--ink:#1b2127;--muted:#545e69;--line:#dcd9d2;--accent:#0b5a68}
@media (prefers-color-scheme:dark){:root{--surface:#13171b;--panel:#1b2127;--ink:#eceae5;--muted:#a9b2bc;--line:#343c45;--accent:#7fc4d1}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:17px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}
p{margin:.25rem 0 1rem}.muted{color:var(--muted)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:1.5rem 0}
label{display:block;font-weight:600}
input,button{font:inherit;min-height:2.75rem;padding:.4rem .75rem;border:1px solid #7a838d;border-radius:.4rem;background:var(--panel);color:var(--ink)}
ol{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
li{border-bottom:1px solid var(--line);padding:.85rem 0}
li a{font-weight:600}
iframe{width:100%;height:46rem;border:1px solid var(--line);border-radius:.5rem;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:1rem;font-size:.95rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0 1.5rem}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}`;

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${body}</main></body>
</html>`;

/** The newest messages, of one recipient if asked. */
export function listPage(messages: Message[], to: string): string {
  const rows = messages.map(
    (message) => `<li>
<a href="/messages/${message.id}">${escapeHtml(message.subject)}</a>
<div class="muted">to ${escapeHtml(message.to.join(", "))} · from ${escapeHtml(message.from)} ·
<time datetime="${message.receivedAt}">${message.receivedAt.replace("T", " ").slice(0, 19)} UTC</time></div></li>`,
  );
  return page(
    "Local mailbox",
    `<h1>Local mailbox</h1>
<p class="muted">Every e-mail that this Sportello sends arrives here and nowhere else.</p>
<form method="get" action="/"><div><label for="to">Recipient</label>
<input id="to" name="to" type="email" value="${escapeHtml(to)}" autocomplete="off"></div>
<button type="submit">Show</button></form>
${rows.length > 0 ? `<ol>${rows.join("\n")}</ol>` : "<p>No message yet. Reload the page after something was sent.</p>"}`,
  );
}

/** One message: its HTML in a frame that runs nothing, and its plain text. */
export function messagePage(message: Message): string {
  const tags = Object.entries(message.tags).map(([name, value]) => `${name}=${value}`);
  return page(
    message.subject,
    `<p><a href="/">All messages</a></p>
<h1>${escapeHtml(message.subject)}</h1>
<dl><dt>From</dt><dd>${escapeHtml(message.from)}</dd><dt>To</dt><dd>${escapeHtml(message.to.join(", "))}</dd>
<dt>Received</dt><dd>${message.receivedAt}</dd><dt>Tags</dt><dd>${escapeHtml(tags.join(", ")) || "none"}</dd></dl>
<h2>As HTML</h2>
<iframe title="The message as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escapeHtml(message.html)}"></iframe>
<h2>As plain text</h2>
<pre>${linked(message.text)}</pre>`,
  );
}

/** Plain text with its addresses as links. */
function linked(text: string): string {
  return escapeHtml(text).replace(
    /https?:\/\/[^\s<]+/g,
    (address) => `<a href="${address}" target="_blank" rel="noreferrer">${address}</a>`,
  );
}

export const notFoundPage = () =>
  page("Not found", `<h1>Not found</h1><p><a href="/">All messages</a></p>`);
