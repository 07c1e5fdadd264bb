/** A form of a page as a browser without JavaScript sees it. */
interface PageForm {
  url: string;
  hidden: [string, string][];
  cookie: string;
}

const HIDDEN = /<input[^>]*type="hidden"[^>]*>/g;
const attribute = (tag: string, name: string) =>
  new RegExp(`${name}="([^"]*)"`)
    .exec(tag)?.[1]
    ?.replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** Opens a page and takes its first form's hidden fields. */
export async function openForm(url: string): Promise<PageForm> {
  const answer = await fetch(url);
  const html = await answer.text();
  const [, form = ""] = /<main[\s\S]*?<form[^>]*>([\s\S]*?)<\/form>/.exec(html) ?? [];
  const hidden = [...form.matchAll(HIDDEN)].map(([tag]): [string, string] => [
    attribute(tag, "name") ?? "",
    attribute(tag, "value") ?? "",
  ]);
  return { url, hidden, cookie: "" };
}

/** How a posted form was answered, and after how many milliseconds. */
export interface Posted {
  status: number;
  location: string | null;
  body: string;
  ms: number;
}

/** Sends a form with these fields, as from an address of its own behind one proxy. */
export async function postForm(
  { url, hidden }: PageForm,
  fields: Record<string, string>,
  ip: string,
): Promise<Posted> {
  const body = new FormData();
  for (const [name, value] of [...hidden, ...Object.entries(fields)]) {
    body.set(name, value);
  }
  const began = performance.now();
  const answer = await fetch(url, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { origin: new URL(url).origin, "x-forwarded-for": ip },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get("location"),
    body: text,
    ms: performance.now() - began,
  };
}
