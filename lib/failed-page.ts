import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { type BusyAnswer, busyAnswer } from "./busy-page";
import { ERROR_TEXTS } from "./i18n/error-texts";
import { DEFAULT_LANGUAGE, isLanguage } from "./i18n/languages";
import type { Asking } from "./patience";

type Given = [chunk?: unknown, encoding?: unknown, done?: unknown];

/**
 * A page that fails Next.js answers with an empty body, which only a script fills. Into that one, and no other
 * answer, a few words and the beginning of the request's id are put for whoever has no script; the log's lines
 * bear that id. Where the database is why, the whole page says that it is for now only (503).
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
  const words = () => failedPage(request.url, id);
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
      return end(explained(Buffer.concat(pieces), response, words()));
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
    response.statusCode === 500 &&
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
  return at < 0 ? body : pack(Buffer.from(page.slice(0, at) + words + page.slice(at)));
}

/** In the language of the address; nothing of what was asked for stands in it. */
function failedPage(url: string | undefined, id: string): string {
  const prefix = url?.split(/[/?#]/, 2)[1];
  const language = isLanguage(prefix) ? prefix : DEFAULT_LANGUAGE;
  const { title, lead, again, code } = ERROR_TEXTS[language];
  return (
    `<noscript><main lang="${language}"><h1>${title}</h1><p>${lead}</p>` +
    `<p>${code} ${id.slice(0, 8)}</p><p><a href="">${again}</a></p></main></noscript>`
  );
}
