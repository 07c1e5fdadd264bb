import type { IncomingMessage, ServerResponse } from "node:http";
import { metrics } from "./registry";
import { routeGroup } from "./route-group";

/** Measures a request until its answer has gone out, or whoever asked has gone away. */
export function followRequest(request: IncomingMessage, response: ServerResponse): void {
  const began = performance.now();
  response.once("close", () => {
    const { method, url } = request;
    metrics().requests.observe(
      {
        group: routeGroup(url),
        method: method === "GET" || method === "HEAD" ? "read" : "write",
        status: response.writableFinished
          ? `${Math.floor(response.statusCode / 100)}xx`
          : "aborted",
      },
      (performance.now() - began) / 1000,
    );
  });
}
