import { type IncomingMessage, Server } from "node:http";

let remembered = false;

/** Writes the peer of each request that this process's HTTP servers take into `x-forwarded-for`, last. */
export function rememberPeers(): void {
  if (remembered) {
    return;
  }
  remembered = true;
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]) {
    if (event === "request") {
      const { headers, socket } = given[0] as IncomingMessage;
      const before = headers["x-forwarded-for"];
      const peer = socket.remoteAddress ?? "unknown";
      headers["x-forwarded-for"] = before ? `${String(before)}, ${peer}` : peer;
    }
    return Reflect.apply(emit, this, [event, ...given]) as boolean;
  };
}
