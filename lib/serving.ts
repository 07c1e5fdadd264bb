import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { type SchemaState, schemaState } from "@/db/known-migrations";
import { busyAnswer } from "./busy-page";
import { probeConnection } from "./connections";
import { log } from "./log";
import { REQUEST_ID_HEADER, requestId } from "./request-id";

/** Why a process does not serve. */
export type Unready = Extract<SchemaState, "older" | "too new"> | "stopping" | "no database";

/** Each reason as one sentence for the operator. */
export const UNREADY: Record<Unready, string> = {
  older: 'The database lacks migrations of this version; run "sportello migrate".',
  "too new": "The database no longer serves this version; deploy the newer one.",
  stopping: "This process was told to end and takes no new requests.",
  "no database": "The database does not answer.",
};

const PATIENCE_MS = 3_000;
/** How often a process asks whether its schema is still, or at last, one that it knows. */
const LOOK_AGAIN_MS = { known: 30_000, unknown: 2_000 };
/** After SIGTERM requests in hand have so long; then the process ends all the same. */
const DRAIN_MS = 25_000;
const PROBES = ["/healthz", "/readyz"];

// On globalThis: Next.js bundles what it calls at its start apart from its routes.
const held = globalThis as {
  sportelloServing?: { unfit: "older" | "too new" | null; stopping: boolean };
};
held.sportelloServing ??= { unfit: null, stopping: false };
const serving = held.sportelloServing;

/** Whether requests may come to this process: null, or why not. Asks the database. */
export async function whyUnready(): Promise<Unready | null> {
  if (serving.stopping) {
    return "stopping";
  }
  const asked = schemaState(probeConnection().db).catch((): "no database" => "no database");
  const late = new Promise<"no database">((resolve) =>
    setTimeout(resolve, PATIENCE_MS, "no database").unref(),
  );
  const state = await Promise.race([asked, late]);
  if (state === "no database") {
    // What was known of its schema holds until it answers again.
    return state;
  }
  const unfit = state === "older" || state === "too new" ? state : null;
  if (unfit !== serving.unfit) {
    serving.unfit = unfit;
    log.info({ reason: unfit }, unfit ? "serving stopped" : "serving goes on");
  }
  return unfit;
}

/**
 * From now on this process's HTTP servers serve nothing but probes while the database's schema is none that this
 * version knows, and once told to end they finish what they have in hand and keep no connection.
 */
export async function watchServing(): Promise<void> {
  const servers = new Set<Server>();
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]) {
    if (event === "request") {
      servers.add(this);
      const [request, response] = given as [IncomingMessage, ServerResponse];
      if (serving.stopping) {
        response.shouldKeepAlive = false;
      }
      if (serving.unfit && !PROBES.includes(request.url ?? "")) {
        askForPatience(request, response);
        return true;
      }
    }
    return Reflect.apply(emit, this, [event, ...given]) as boolean;
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // Next.js closes its listener on the same signal, and ends the process when all is answered.
    process.once(signal, () => drain(servers, signal === "SIGTERM" ? 143 : 130));
  }
  await lookAgain();
}

async function lookAgain(): Promise<void> {
  await whyUnready();
  // A platform's function sleeps between its requests; its next start asks anew.
  if (!serving.stopping && !process.env.VERCEL) {
    const wait = serving.unfit ? LOOK_AGAIN_MS.unknown : LOOK_AGAIN_MS.known;
    setTimeout(() => void lookAgain(), wait).unref();
  }
}

function drain(servers: Set<Server>, exitCode: number): void {
  serving.stopping = true;
  // A connection that was busy at the signal is idle only once its answer is out.
  setInterval(() => {
    for (const server of servers) {
      server.closeIdleConnections();
    }
  }, 100).unref();
  setTimeout(() => process.exit(exitCode), DRAIN_MS).unref();
}

/** In the language of the address: what would choose another one needs the database. */
function askForPatience(request: IncomingMessage, response: ServerResponse): void {
  const id = requestId(request);
  const { status, headers, body } = busyAnswer(request, "updating", id);
  response.writeHead(status, { ...headers, [REQUEST_ID_HEADER]: id });
  response.end(request.method === "HEAD" ? undefined : body);
  // Unread, a body would be taken for the connection's next request.
  request.resume();
  log.warn({ reason: serving.unfit, reference: id.slice(0, 8) }, "request not answered");
}
