import { randomBytes } from "node:crypto";
import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { answerInTime } from "@/lib/answer-in-time";
import { busyAnswer } from "@/lib/busy-page";
import { explainFailedPage } from "@/lib/failed-page";
import { underIds } from "@/lib/log-context";
import { followRequest } from "@/lib/operations/metrics/follow-request";
import { isMetricsServer } from "@/lib/operations/metrics/server";
import { REQUEST_ID_HEADER, requestId } from "@/lib/request-id";
import { FloodGate, isCostly } from "./flood-gate";

/** What a request carries that came through the gate: nobody outside this process knows it. */
export const GATE_HEADER = "x-sportello-gate";

// On globalThis: Next.js bundles what it calls at its start apart from its actions.
const held = globalThis as { sportelloGatePass?: string };

/** What GATE_HEADER must hold; undefined where no server of ours guards the requests. */
export const gatePass = () => held.sportelloGatePass;

/**
 * Before Next.js sees a request of this process's HTTP servers: its peer is written into `x-forwarded-for`,
 * last, it gets an id for the log and is measured, what pours in of sign-ins is turned away, and nobody waits for
 * ever.
 */
export function guardRequests(): void {
  if (held.sportelloGatePass) {
    return;
  }
  const pass = randomBytes(16).toString("hex");
  held.sportelloGatePass = pass;
  const gate = new FloodGate();
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]) {
    const emitted = () => Reflect.apply(emit, this, [event, ...given]) as boolean;
    if (event !== "request" || isMetricsServer(this)) {
      return emitted();
    }
    const [request, response] = given as [IncomingMessage, ServerResponse];
    const id = requestId(request);
    response.setHeader(REQUEST_ID_HEADER, id);
    // Ours and the framework's listeners for its end are together more than Node's ten, and no leak: its warning would
    // stand among the staff's errors.
    response.setMaxListeners(20);
    followRequest(request, response);
    const limited = answerInTime(request, response, id);
    explainFailedPage(request, response, { id, asking: limited.asking });
    const goOn = () => underIds({ request: id }, () => limited.go(emitted));
    rememberPeer(request);
    delete request.headers[GATE_HEADER];
    if (!isCostly(request.method, request.url)) {
      return goOn();
    }
    onceComplete(request, () => {
      if (!gate.enter()) {
        turnAway(request, response, id);
        return;
      }
      // A response that waits behind others of its connection ends with it and says nothing.
      const leave = () => {
        response.off("close", leave);
        request.socket.off("close", leave);
        gate.leave();
      };
      response.on("close", leave);
      request.socket.on("close", leave);
      request.headers[GATE_HEADER] = pass;
      goOn();
    });
    return true;
  };
}

/** A form is short: whoever sends it drop by drop takes no place, and not much time. */
const BODY_MS = 5_000;
const LOOK_MS = 10;

/** Calls once the whole body is here; Node keeps that of a form unread. */
function onceComplete(request: IncomingMessage, work: () => void): void {
  const began = performance.now();
  const look = () => {
    if (request.complete) {
      work();
    } else if (performance.now() - began > BODY_MS) {
      request.destroy();
    } else if (!request.destroyed) {
      setTimeout(look, LOOK_MS);
    }
  };
  setImmediate(look);
}

function rememberPeer({ headers, socket }: IncomingMessage): void {
  const before = headers["x-forwarded-for"];
  const peer = socket.remoteAddress ?? "unknown";
  headers["x-forwarded-for"] = before ? `${String(before)}, ${peer}` : peer;
}

/** In the language of the address: to find out more would be work. */
function turnAway(request: IncomingMessage, response: ServerResponse, id: string): void {
  const { status, headers, body } = busyAnswer(request, "crowded", id);
  response.writeHead(status, headers);
  response.end(body);
}
