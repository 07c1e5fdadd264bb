import { v7 as uuidv7 } from "uuid";
import { type Connection, connect } from "@/db/client";
import { openSession } from "@/lib/auth/sessions";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import type { DatabaseUrls } from "../setup/urls";
import { type DatabaseProxy, databaseProxy } from "./database-proxy";
import { peopleWorld } from "./people-world";
import { builtFolder } from "./whole-processes";

/** A page, with what a machine adds that does other things at the same time. */
export const BOUND_MS = 10_000;
export const SLACK_MS = 5_000;

export interface Customer {
  accountId: string;
  companyId: number;
  company: string;
  contractId: string;
  cookie: string;
}

export interface WholeWorld {
  /** The production build's folder. */
  folder: string;
  customers: Customer[];
  proxy: DatabaseProxy;
  /** Around the proxy: what is true. */
  truth: Connection;
  /** What web and worker are started with. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** Customers who are signed in, behind a network of the test's own. Nothing is started. */
export async function wholeWorld(urls: DatabaseUrls, customers: number): Promise<WholeWorld> {
  const folder = await builtFolder();
  const people = await peopleWorld(urls, { unregistered: 0, registered: customers });
  const signedIn: Customer[] = [];
  const rows = await people.superuser.sql<{ id: string; holder_id: string; email: string }[]>`
    select id, holder_id, email from accounts`;
  for (const { company, contract, email } of people.registered) {
    const account = rows.find((row) => row.email === email);
    if (!account) {
      throw new Error("the world has no such customer");
    }
    const actor = {
      kind: "customer" as const,
      accountId: account.id,
      holderId: account.holder_id,
      sessionId: uuidv7(),
      email,
      language: "it" as const,
    };
    const token = await openSession(
      { db: people.web.db, actor },
      { userAgent: null, awaiting: null },
    );
    signedIn.push({
      accountId: account.id,
      companyId: company.id,
      company: company.slug,
      contractId: contract.id,
      cookie: `sportello.session=${token}`,
    });
  }
  await people.close();
  const proxy = await databaseProxy(urls);
  const truth = connect(urls.superuserUrl, { max: 4 });
  return {
    folder,
    customers: signedIn,
    proxy,
    truth,
    env: {
      DATABASE_URL: proxy.urls.webUrl,
      DATABASE_WORKER_URL: proxy.urls.workerUrl,
      NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: "ZmF1bHRzIG9ubHkgZmF1bHRzIG9ubHkgZmF1bHRzIG8=",
    },
    async close() {
      await Promise.all([proxy.close(), truth.close()]);
    },
  };
}

/** Each word of a page that says it is for now only, by language. */
const WORDS = {
  it: /Riprova tra qualche secondo/,
  en: /Please try again in a few seconds/,
  de: /Versuchen Sie es in einigen Sekunden/,
};
export type Language = keyof typeof WORDS;
const CODE = { it: /Codice [0-9a-f]{8}/, en: /Code [0-9a-f]{8}/, de: /Code [0-9a-f]{8}/ };

/** How a request was answered. */
export interface Answered {
  status: number;
  location: string | null;
  body: string;
  ms: number;
  /** `ok`; `clear`: a page or problem that says it is for now only; `form`: a form that says what went wrong. */
  kind: "ok" | "clear" | "form" | "other" | "none";
  retryAfter: string | null;
  /** Turned away before anything was done for it. */
  untouched: boolean;
}

interface Ask {
  method?: "GET" | "POST";
  cookie?: string;
  body?: FormData | string;
  headers?: Record<string, string>;
  /** After so long the browser itself gives up. */
  patienceMs?: number;
}

/** Asks as a browser without JavaScript would. */
export async function ask(url: string, { method = "GET", ...given }: Ask = {}): Promise<Answered> {
  const began = performance.now();
  const language = (/^\/(en|de)(\/|$)/.exec(new URL(url).pathname)?.[1] ?? "it") as Language;
  try {
    const answer = await fetch(url, {
      method,
      redirect: "manual",
      body: given.body,
      signal: AbortSignal.timeout(given.patienceMs ?? BOUND_MS + SLACK_MS),
      headers: {
        ...(given.cookie ? { cookie: given.cookie } : {}),
        ...(method === "POST" ? { origin: new URL(url).origin } : {}),
        ...given.headers,
      },
    });
    const body = await answer.text();
    const retryAfter = answer.headers.get("retry-after");
    const clear =
      answer.status === 503 &&
      retryAfter !== null &&
      (answer.headers.get("content-type")?.startsWith("application/problem+json")
        ? /"code":"unavailable".*"reference":"[0-9a-z-]+"|"reference".*"code":"unavailable"/i.test(
            body,
          )
        : WORDS[language].test(body) && CODE[language].test(body) && !/<script/.test(body));
    const kind = clear
      ? "clear"
      : answer.status < 400 || answer.status === 401
        ? /Codice [0-9a-zA-Z-]{6,}/.test(body) && method === "POST"
          ? "form"
          : "ok"
        : "other";
    return {
      status: answer.status,
      location: answer.headers.get("location"),
      body,
      ms: performance.now() - began,
      kind,
      retryAfter,
      untouched: clear && /non è stato elaborato|nothing was done|not processed/.test(body),
    };
  } catch (error) {
    const ms = performance.now() - began;
    const body = String((error as Error).cause ?? error);
    return {
      ...{ status: 0, location: null, body, ms, kind: "none", retryAfter: null },
      untouched: false,
    };
  }
}

/** The hidden fields of the form of a page that holds `mark`. */
export async function formOf(
  url: string,
  mark: string,
  cookie?: string,
): Promise<[string, string][]> {
  const { body } = await ask(url, { cookie, patienceMs: 60_000 });
  const form = [...body.matchAll(/<form[^>]*>([\s\S]*?)<\/form>/g)]
    .map(([, inside = ""]) => inside)
    .find((inside) => inside.includes(mark));
  if (form === undefined) {
    throw new Error(`${url} has no form with ${mark}: ${body.slice(0, 200)}`);
  }
  const attribute = (tag: string, name: string) =>
    new RegExp(`${name}="([^"]*)"`)
      .exec(tag)?.[1]
      ?.replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&") ?? "";
  return [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
    attribute(tag, "name"),
    attribute(tag, "value"),
  ]);
}

export function filled(hidden: [string, string][], fields: Record<string, string>): FormData {
  const body = new FormData();
  for (const [name, value] of [...hidden, ...Object.entries(fields)]) {
    body.set(name, value);
  }
  return body;
}

export const ELECTRONIC = { mode: "electronic", email: "", acceptNotice: NOTICE_VERSION };
export const PAPER = { mode: "paper" };

/** What somebody writes to the company, told from all others by its message. */
export const question = (company: string, message: string) => ({
  kind: "question",
  company,
  topic: "other",
  message,
  name: "Ada Prova",
  email: "",
  postalAddress: "Via Prova 1, Trento",
});

/** How many rows a question has, and how many lines of the audit log tell of them. */
export async function questionRows(
  { truth }: WholeWorld,
  message: string,
): Promise<{ rows: number; audited: number }> {
  const [row] = await truth.sql<{ rows: number; audited: number }[]>`
    select count(*)::int as rows,
      (select count(*)::int from audit_log a where a.action = 'sent_question'
        and a.subject_id in (select id from support_cases where message = ${message})) as audited
    from support_cases where message = ${message}`;
  return row ?? { rows: 0, audited: 0 };
}

/** The modes chosen for a contract, the first first. */
export async function choicesOf({ truth }: WholeWorld, contractId: string): Promise<string[]> {
  const rows = await truth.sql<{ mode: string }[]>`
    select mode from delivery_choices where contract_id = ${contractId} order by chosen_at, id`;
  return rows.map(({ mode }) => mode);
}
