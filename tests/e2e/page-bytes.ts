import { gzipSync } from "node:zlib";
import { ask } from "./authorisation/asking";

/**
 * What a page may load at first: bytes after gzip, a KB being 1,000 of them (issue 8). Pages with a
 * chart as well: the chart follows when the page is there.
 */
export const LIMITS = { scriptBytes: 150_000, styleBytes: 25_000 };

export interface PageBytes {
  scriptBytes: number;
  styleBytes: number;
}

const sizes = new Map<string, Promise<number>>();

/** The scripts and styles that a page names, in its tags or for its components, after gzip. */
export async function pageBytes(html: string): Promise<PageBytes> {
  const named = new Set(html.match(/\/_next\/static\/[^"'\\?\s]+\.(?:js|css)\b/g));
  // Old browsers' polyfills: whoever knows modules leaves them out.
  for (const [tag] of html.matchAll(/<script\b[^>]*\bnomodule\b[^>]*>/gi)) {
    named.delete(/src="([^"?]+)/.exec(tag)?.[1] ?? "");
  }
  const sum = async (end: string) => {
    const files = [...named].filter((file) => file.endsWith(end));
    return (await Promise.all(files.map(sizeOf))).reduce((total, size) => total + size, 0);
  };
  return { scriptBytes: await sum(".js"), styleBytes: await sum(".css") };
}

function sizeOf(file: string): Promise<number> {
  const known = sizes.get(file);
  if (known) {
    return known;
  }
  const size = ask(file).then(({ status, body }) => {
    if (status !== 200) {
      throw new Error(`${file} answers ${status}`);
    }
    return gzipSync(body).length;
  });
  sizes.set(file, size);
  return size;
}
