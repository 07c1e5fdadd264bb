import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { FloodGate, isCostly } from "./flood-gate";

let guarding = false;

/**
 * Before Next.js sees a request of this process's HTTP servers: its peer is written into `x-forwarded-for`,
 * last, and what pours in of sign-ins is turned away.
 */
export function guardRequests(): void {
  if (guarding) {
    return;
  }
  guarding = true;
  const gate = new FloodGate();
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]) {
    if (event === "request") {
      const [request, response] = given as [IncomingMessage, ServerResponse];
      rememberPeer(request);
      if (isCostly(request.method, request.url)) {
        if (!gate.enter()) {
          return turnAway(request, response);
        }
        response.once("close", () => gate.leave());
        hurry(request);
      }
    }
    return Reflect.apply(emit, this, [event, ...given]) as boolean;
  };
}

/** A form is short: whoever sends it drop by drop only keeps others out. */
const BODY_MS = 5_000;

function hurry(request: IncomingMessage): void {
  const late = setTimeout(() => request.destroy(), BODY_MS);
  request.once("end", () => clearTimeout(late)).once("close", () => clearTimeout(late));
}

function rememberPeer({ headers, socket }: IncomingMessage): void {
  const before = headers["x-forwarded-for"];
  const peer = socket.remoteAddress ?? "unknown";
  headers["x-forwarded-for"] = before ? `${String(before)}, ${peer}` : peer;
}

/** One sentence in three languages, whoever asks: to find out the language would be work. */
function turnAway(request: IncomingMessage, response: ServerResponse): true {
  response.writeHead(503, {
    "Cache-Control": "private, no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "Retry-After": "10",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(
    "Ora arrivano molte richieste: torna indietro e riprova tra qualche secondo.\n" +
      "Many requests are arriving: go back and try again in a few seconds.\n" +
      "Gerade kommen viele Anfragen: gehen Sie zurück und versuchen Sie es in einigen Sekunden erneut.\n",
  );
  request.resume();
  return true;
}
