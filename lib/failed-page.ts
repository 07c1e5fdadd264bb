import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { ERROR_TEXTS } from "./i18n/error-texts";
import { DEFAULT_LANGUAGE, isLanguage, type Language, localizedPath } from "./i18n/languages";
import { MESSAGES } from "./i18n/messages";

const NOT_FOUND = 404;
/** What Next.js marks its empty page with. */
const EMPTY_PAGE = '<html id="__next_error__"';

type Given = [chunk?: unknown, encoding?: unknown, done?: unknown];

/**
 * A page that fails, and one that is not there, Next.js answers with an empty body, which only a script fills. Into
 * those, and no other answer, a few words are put for whoever has no script: of a failure with the beginning of the
 * request's id, which the log's lines bear.
 */
export function explainFailedPage(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): void {
  // Before Next.js, whose compression comes on top: what it writes here is packed already.
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  const words = () =>
    response.statusCode === NOT_FOUND ? missingPage(request.url) : failedPage(request.url, id);
  let held: Buffer[] | null | undefined;
  const holds = () => {
    held = held === undefined && isFailedPage(request, response) ? [] : (held ?? null);
    return held;
  };
  Object.assign(response, {
    write: (...given: Given) => {
      const pieces = holds();
      if (pieces === null) {
        return write(...given);
      }
      keep(pieces, given);
      return true;
    },
    end: (...given: Given) => {
      const pieces = holds();
      if (pieces === null) {
        return end(...given);
      }
      keep(pieces, given);
      return end(explained(Buffer.concat(pieces), response, words()));
    },
  });
}

function isFailedPage({ method }: IncomingMessage, response: ServerResponse): boolean {
  return (
    (response.statusCode === 500 || response.statusCode === NOT_FOUND) &&
    method !== "HEAD" &&
    String(response.getHeader("content-type")).startsWith("text/html") &&
    // Its length is told: what is longer would be cut off.
    !response.hasHeader("content-length")
  );
}

function keep(pieces: Buffer[], given: Given): void {
  const [chunk, encoding] = given;
  if (typeof chunk === "string") {
    pieces.push(Buffer.from(chunk, typeof encoding === "string" ? (encoding as "utf8") : "utf8"));
  } else if (chunk instanceof Uint8Array) {
    pieces.push(Buffer.from(chunk));
  }
  const done = given.find((one) => typeof one === "function") as (() => void) | undefined;
  done?.();
}

/** Each way that Next.js may pack a page, and back. */
const PACKED: Record<string, [unpack: (body: Buffer) => Buffer, pack: (body: Buffer) => Buffer]> = {
  gzip: [gunzipSync, gzipSync],
  br: [brotliDecompressSync, brotliCompressSync],
  identity: [(body) => body, (body) => body],
};

function explained(body: Buffer, response: ServerResponse, words: string): Buffer {
  const encoding = String(response.getHeader("content-encoding") ?? "identity");
  const [unpack, pack] = PACKED[encoding] ?? [];
  if (!unpack || !pack) {
    return body;
  }
  const page = unpack(body).toString("utf8");
  const at = page.lastIndexOf("</body>");
  const filled = response.statusCode === NOT_FOUND && !page.includes(EMPTY_PAGE);
  return at < 0 || filled ? body : pack(Buffer.from(page.slice(0, at) + words + page.slice(at)));
}

/** The page has no style sheet; light and dark are the browser's own. */
const LOOKS =
  ' style="max-width:38rem;margin:0 auto;padding:2rem 1rem;font:1.125rem/1.5 sans-serif"';

const languageOf = (url: string | undefined): Language => {
  const prefix = url?.split(/[/?#]/, 2)[1];
  return isLanguage(prefix) ? prefix : DEFAULT_LANGUAGE;
};

/** In the language of the address; nothing of what was asked for stands in it. */
function failedPage(url: string | undefined, id: string): string {
  const language = languageOf(url);
  const { title, lead, again, code } = ERROR_TEXTS[language];
  return (
    `<noscript><main lang="${language}"${LOOKS}><h1>${title}</h1><p>${lead}</p>` +
    `<p>${code} ${id.slice(0, 8)}</p><p><a href="">${again}</a></p></main></noscript>`
  );
}

/** The same for whatever is not there, or is another's (R28). */
function missingPage(url: string | undefined): string {
  const language = languageOf(url);
  const { notFoundTitle, notFoundLead, toHome, toHelp } = MESSAGES[language].common;
  const link = (href: string, text: string) =>
    `<p><a href="${localizedPath(language, href)}">${text}</a></p>`;
  return (
    `<noscript><main lang="${language}"${LOOKS}><h1>${notFoundTitle}</h1><p>${notFoundLead}</p>` +
    `${link("/", toHome)}${link("/help", toHelp)}</main></noscript>`
  );
}
