import { readDemoFile } from "../mailbox";

export const baseUrl = () => process.env.SPORTELLO_URL ?? readDemoFile().url;

export interface Answered {
  status: number;
  headers: Headers;
  body: string;
}

/** One request; redirects are answers here. */
export async function ask(
  path: string,
  init: {
    cookie?: string;
    headers?: Record<string, string>;
    method?: string;
    body?: FormData;
  } = {},
): Promise<Answered> {
  const { cookie, headers, ...rest } = init;
  const answer = await fetch(new URL(path, baseUrl()), {
    ...rest,
    redirect: "manual",
    headers: { ...headers, ...(cookie ? { cookie } : {}) },
  });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

/** Next.js sends an RSC request on to the address that its headers call for; the same for each such set. */
const rscQueries = new Map<string, string>();

/** A request of the browser's router, with the `_rsc` query that belongs to its headers. */
export async function askRouter(
  path: string,
  cookie: string,
  headers: Record<string, string>,
): Promise<Answered> {
  const set = JSON.stringify(headers);
  const join = path.includes("?") ? "&" : "?";
  const known = rscQueries.get(set);
  const first = await ask(known === undefined ? path : `${path}${join}${known}`, {
    cookie,
    headers,
  });
  const [query] = /_rsc(=[^&]*)?$/.exec(first.headers.get("location") ?? "") ?? [];
  if (first.status !== 307 || query === undefined || known !== undefined) {
    return first;
  }
  rscQueries.set(set, query);
  return await ask(`${path}${join}${query}`, { cookie, headers });
}

/** The form of a server action without JavaScript: what React writes into the page, and the fields. */
export function plainForm(action: string, fields: Fields, stateless: boolean): FormData {
  const form = new FormData();
  if (stateless) {
    form.append(`$ACTION_ID_${action}`, "");
  } else {
    form.append("$ACTION_REF_1", "");
    form.append("$ACTION_1:0", JSON.stringify({ id: action, bound: "$@1" }));
    form.append("$ACTION_1:1", JSON.stringify([{ status: "idle" }]));
    form.append("$ACTION_KEY", "k1");
  }
  append(form, fields, "");
  return form;
}

/** The arguments of a server action as the browser's router posts them: a state, and the fields. */
export function directForm(fields: Fields, stateless: boolean): FormData {
  const form = new FormData();
  append(form, fields, "_1_");
  form.append("0", stateless ? "[]" : JSON.stringify([{ status: "idle" }, "$K1"]));
  return form;
}

export type Fields = Record<string, string | string[]>;

function append(form: FormData, fields: Fields, prefix: string): void {
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) {
      form.append(`${prefix}${name}`, one);
    }
  }
}

/** Does `work` for each, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
