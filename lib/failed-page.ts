import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { type BusyAnswer, busyAnswer } from "./busy-page";
import { ERROR_TEXTS } from "./i18n/error-texts";
import { DEFAULT_LANGUAGE, isLanguage, type Language, localizedPath } from "./i18n/languages";
import { MESSAGES } from "./i18n/messages";
import type { Asking } from "./patience";

const NOT_FOUND = 404;
/** How the document begins that only a script fills. */
const EMPTY_PAGE = '<html id="__next_error__"';

type Given = [chunk?: unknown, encoding?: unknown, done?: unknown];

/**
 * A page that fails, and one that is not there (vercel/next.js#62228), Next.js answers with an empty body, which only a
 * script fills. Into those, and no other answer, a few words are put for whoever has no script, and the document's
 * language: of a failure with the beginning of the request's id, which the log's lines bear. Where the database is
 * why, the whole page says that it is for now only (503).
 */
export function explainFailedPage(
  request: IncomingMessage,
  response: ServerResponse,
  { id, asking }: { id: string; asking: Pick<Asking, "unavailable" | "until"> },
): void {
  // Before Next.js, whose compression comes on top: what it writes here is packed already.
  const write = response.write.bind(response) as (...given: unknown[]) => boolean;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  const flushHeaders = response.flushHeaders.bind(response);
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  const language = languageOf(request.url);
  const isBusy = () =>
    response.statusCode === 500 &&
    !response.headersSent &&
    (asking.unavailable || performance.now() > asking.until);
  let held: Buffer[] | null | undefined;
  let ended = false;
  const holds = () => {
    held =
      held === undefined && (isBusy() || isFailedPage(request, response)) ? [] : (held ?? null);
    return held;
  };
  Object.assign(response, {
    // What packs a page fixes its head before the first piece: too early to say something else.
    writeHead: (status: number, ...rest: unknown[]) => {
      if (ended || status !== 500) {
        return writeHead(status, ...rest);
      }
      response.statusCode = status;
      setHeaders(response, rest.at(-1));
      return holds() === null ? writeHead(status) : response;
    },
    // Before the first write Next.js sends the head on its way.
    flushHeaders: () => {
      if (holds() === null) {
        flushHeaders();
      }
    },
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
      ended = true;
      if (isBusy()) {
        const answer = busyAnswer(request, "late", id);
        beBusy(response, answer);
        return end(request.method === "HEAD" ? undefined : answer.body);
      }
      return end(explained(Buffer.concat(pieces), response, { language, id }));
    },
  });
}

function setHeaders(response: ServerResponse, headers: unknown): void {
  if (typeof headers === "object" && headers !== null && !Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers as Record<string, string>)) {
      response.setHeader(name, value);
    }
  }
}

function beBusy(response: ServerResponse, { status, headers }: BusyAnswer): void {
  for (const name of ["content-encoding", "content-length", "etag", "link"]) {
    response.removeHeader(name);
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value ?? "");
  }
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

function explained(
  body: Buffer,
  response: ServerResponse,
  { language, id }: { language: Language; id: string },
): Buffer {
  const encoding = String(response.getHeader("content-encoding") ?? "identity");
  const [unpack, pack] = PACKED[encoding] ?? [];
  if (!unpack || !pack) {
    return body;
  }
  const page = unpack(body).toString("utf8");
  const at = page.lastIndexOf("</body>");
  const missing = response.statusCode === NOT_FOUND;
  if (at < 0 || (missing && !page.includes(EMPTY_PAGE))) {
    return body;
  }
  const words = missing ? missingPage(language) : failedPage(language, id);
  const told = page.slice(0, at) + words + page.slice(at);
  return pack(Buffer.from(told.replace(EMPTY_PAGE, `${EMPTY_PAGE} lang="${language}"`)));
}

/** The page has no style sheet; light and dark are the browser's own. */
const LOOKS =
  ' style="max-width:38rem;margin:0 auto;padding:2rem 1rem;font:1.125rem/1.5 sans-serif"';

/** The language of an address. Nothing else of what was asked for stands in the answer. */
function languageOf(url: string | undefined): Language {
  const prefix = url?.split(/[/?#]/, 2)[1];
  return isLanguage(prefix) ? prefix : DEFAULT_LANGUAGE;
}

function failedPage(language: Language, id: string): string {
  const { title, lead, again, code } = ERROR_TEXTS[language];
  return (
    `<noscript><main lang="${language}"${LOOKS}><h1>${title}</h1><p>${lead}</p>` +
    `<p>${code} ${id.slice(0, 8)}</p><p><a href="">${again}</a></p></main></noscript>`
  );
}

/** The same for whatever is not there, or is another's (R28). */
function missingPage(language: Language): string {
  const { notFoundTitle, notFoundLead, toHome, toHelp } = MESSAGES[language].common;
  const link = (href: string, text: string) =>
    `<p><a href="${localizedPath(language, href)}">${text}</a></p>`;
  return (
    `<noscript><main lang="${language}"${LOOKS}><h1>${notFoundTitle}</h1><p>${notFoundLead}</p>` +
    `${link("/", toHome)}${link("/help", toHelp)}</main></noscript>`
  );
}
