import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { ERROR_TEXTS } from "./i18n/error-texts";
import { DEFAULT_LANGUAGE, isLanguage, type Language, localizedPath } from "./i18n/languages";
import german from "./i18n/messages/de/common.json";
import english from "./i18n/messages/en/common.json";
import italian from "./i18n/messages/it/common.json";

const NOT_FOUND_TEXTS = { it: italian, en: english, de: german } satisfies Record<
  Language,
  unknown
>;

/** How the document begins that only a script fills. */
const EMPTY = '<html id="__next_error__"';

type Given = [chunk?: unknown, encoding?: unknown, done?: unknown];

/**
 * A page that fails, or says that there is no such thing (vercel/next.js#62228), Next.js answers with an empty
 * body, which only a script fills. Into that one, and no other answer, a few words are put for whoever has no
 * script, and the document's language. Where it failed, the beginning of the request's id stands there; the
 * log's lines bear that id.
 */
export function explainFailedPage(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): void {
  // Before Next.js, whose compression comes on top: what it writes here is packed already.
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
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
      return end(explained(Buffer.concat(pieces), response, languageOf(request.url), id));
    },
  });
}

function isFailedPage({ method }: IncomingMessage, response: ServerResponse): boolean {
  return (
    (response.statusCode === 500 || response.statusCode === 404) &&
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

function explained(body: Buffer, response: ServerResponse, language: Language, id: string): Buffer {
  const encoding = String(response.getHeader("content-encoding") ?? "identity");
  const [unpack, pack] = PACKED[encoding] ?? [];
  if (!unpack || !pack) {
    return body;
  }
  const page = unpack(body).toString("utf8");
  const at = page.lastIndexOf("</body>");
  const missing = response.statusCode === 404;
  if (at < 0 || (missing && !page.includes(EMPTY))) {
    return body;
  }
  const words = missing ? missingPage(language) : failedPage(language, id);
  const told = page.slice(0, at) + words + page.slice(at);
  return pack(Buffer.from(told.replace(EMPTY, `${EMPTY} lang="${language}"`)));
}

/** The language of an address. Nothing else of what was asked for stands in the answer. */
function languageOf(url: string | undefined): Language {
  const prefix = url?.split(/[/?#]/, 2)[1];
  return isLanguage(prefix) ? prefix : DEFAULT_LANGUAGE;
}

function failedPage(language: Language, id: string): string {
  const { title, lead, again, code } = ERROR_TEXTS[language];
  return (
    `<noscript><main lang="${language}"><h1>${title}</h1><p>${lead}</p>` +
    `<p>${code} ${id.slice(0, 8)}</p><p><a href="">${again}</a></p></main></noscript>`
  );
}

function missingPage(language: Language): string {
  const { notFoundTitle, notFoundLead, toOverview } = NOT_FOUND_TEXTS[language];
  return (
    `<noscript><main lang="${language}"><h1>${notFoundTitle}</h1><p>${notFoundLead}</p>` +
    `<p><a href="${localizedPath(language, "/overview")}">${toOverview}</a></p></main></noscript>`
  );
}
