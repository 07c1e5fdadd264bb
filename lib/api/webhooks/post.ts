import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { PrivateAddressError, publicLookup } from "./target";

/** What an endpoint answered: a status, or in a word why there was none. */
export type PostAnswer = { taken: boolean; answer: string };

/**
 * Posts a message to an endpoint. No redirect is followed, what it answers is not read, and a name that leads to a
 * private address is not asked. Never throws.
 * @param limitMs from the first look-up to the status
 */
export async function post(
  url: string,
  { body, headers }: { body: string; headers: Record<string, string> },
  limitMs: number,
): Promise<PostAnswer> {
  const { protocol } = new URL(url);
  const send = protocol === "https:" ? requestHttps : requestHttp;
  return await new Promise((resolve) => {
    const request = send(
      url,
      {
        method: "POST",
        // A connection of an earlier delivery would not be looked up again.
        agent: false,
        lookup: publicLookup,
        signal: AbortSignal.timeout(limitMs),
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Sportello-Webhooks/1",
        },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        resolve({ taken: status >= 200 && status < 300, answer: `HTTP ${status}` });
        response.destroy();
      },
    );
    request.on("error", (error) => resolve({ taken: false, answer: inWords(error) }));
    // An answer that changes the protocol ends the connection without an error: nobody may wait for it.
    request.on("close", () => resolve({ taken: false, answer: "no answer" }));
    request.end(body);
  });
}

/** Kinds only: a message may hold the address, and that a secret. */
function inWords(error: Error & { code?: string }): string {
  if (error instanceof PrivateAddressError) {
    return "private address";
  }
  return error.name === "AbortError" || error.name === "TimeoutError"
    ? "no answer in time"
    : (error.code ?? error.name);
}
