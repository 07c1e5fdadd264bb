import type { ServerResponse } from "node:http";
import { parse } from "./answer";
import type { ArmedFault, Settings } from "./settings";
import type { State } from "./state";
import { eventTypes } from "./webhooks";

/** Pairs, one on each line: there may be a million. */
function lines(response: ServerResponse, pairs: Iterable<readonly unknown[]>): void {
  response.writeHead(200, { "content-type": "text/plain" });
  for (const pair of pairs) {
    response.write(`${pair.join(" ")}\n`);
  }
  response.end();
}

/** What tests in another process may do and see. */
export async function control(state: State, url: URL, raw: Buffer, response: ServerResponse) {
  const { settings, clock, ledger, teller, counts, keys, rate } = state;
  switch (url.pathname) {
    case "/control/settings": {
      const { telling, ...over } = parse(raw) as Partial<Settings>;
      Object.assign(settings, over);
      Object.assign(settings.telling, telling);
      break;
    }
    case "/control/faults":
      settings.faults = parse(raw) as ArmedFault[];
      break;
    case "/control/clock":
      clock.advance((parse(raw) as { advanceMs: number }).advanceMs);
      break;
    case "/control/settled":
      await teller.settled();
      break;
    case "/control/times":
      return lines(response, ledger.times);
    case "/control/fates":
      return lines(
        response,
        ledger
          .all()
          .map((mail) => [
            mail.tags.dispatch ?? mail.tags.mail ?? "",
            eventTypes(settings, mail).at(-1),
          ]),
      );
    case "/control/forget":
      ledger.forget();
      break;
  }
  response.writeHead(200, { "content-type": "application/json" });
  const told = { ...teller.counts };
  const facts = { taken: ledger.count, keys: keys.size, tooMany: rate.refused, told, ...counts };
  response.end(JSON.stringify({ ...facts, rss: process.memoryUsage.rss() }));
}
