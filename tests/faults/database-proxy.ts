import { createServer, connect as dial, type Socket } from "node:net";
import type { DatabaseUrls } from "../setup/urls";

/** How the network between a process and its database is. */
export type Network =
  | { kind: "sound" }
  /** Each answer of the database comes so much later. */
  | { kind: "slow"; ms: number }
  /** Both sides are connected, and nothing arrives: neither side is told. New connections are taken, too. */
  | { kind: "swallows" }
  /** Everything is cut, and whoever connects is cut off. */
  | { kind: "cut" };

export interface DatabaseProxy {
  /** The web's and the worker's addresses through it. */
  urls: Pick<DatabaseUrls, "webUrl" | "workerUrl">;
  be(network: Network): void;
  /** Connections now, however dead. */
  open(): number;
  close(): Promise<void>;
}

/** A network of one's own before a database. */
export async function databaseProxy(urls: DatabaseUrls): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(urls.webUrl);
  const pairs = new Set<[Socket, Socket]>();
  let network: Network = { kind: "sound" };
  const server = createServer({ allowHalfOpen: false }, (near) => {
    if (network.kind === "cut") {
      near.destroy();
      return;
    }
    const far = dial(Number(port), hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    // A connection on which something was swallowed stays dead: what follows would make no sense.
    let dead = false;
    const pass = (to: Socket, slow: boolean) => (chunk: Buffer) => {
      dead ||= network.kind === "swallows";
      if (dead) {
        return;
      }
      if (network.kind === "slow" && slow) {
        setTimeout(() => !dead && to.writable && to.write(chunk), network.ms);
      } else {
        to.write(chunk);
      }
    };
    near.setNoDelay(true).on("data", pass(far, false));
    far.setNoDelay(true).on("data", pass(near, true));
    for (const [one, other] of [pair, [far, near]] as const) {
      one.on("error", () => {});
      one.on("close", () => {
        pairs.delete(pair);
        if (!dead || one === near) {
          other.destroy();
        }
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as { port: number };
  const through = (url: string) => url.replace(`:${port}/`, `:${own}/`);
  const cutAll = () => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    urls: { webUrl: through(urls.webUrl), workerUrl: through(urls.workerUrl) },
    be(next) {
      network = next;
      if (next.kind === "cut") {
        cutAll();
      }
    },
    open: () => pairs.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
}
