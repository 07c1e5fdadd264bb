import { connect, createServer, type Socket } from "node:net";

/** The messages by which a client has a statement carried out: Execute and Query. */
const CARRIED_OUT = new Set(["E".charCodeAt(0), "Q".charCodeAt(0)]);

export interface StatementCounter {
  /** The database's address by way of the counter. */
  url: string;
  /** Statements since the last time this was asked. */
  take(): number;
  close(): void;
}

/** Stands between a program and its PostgreSQL and counts the statements that the program sends. */
export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl);
  const real = { port: Number(target.port), host: target.hostname };
  let count = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(real);
    // The first message of a connection, its start, has no letter.
    let rest = Buffer.alloc(0);
    let started = false;
    client.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        const head = started ? 1 : 0;
        const length = rest.length < head + 4 ? Number.NaN : head + rest.readUInt32BE(head);
        if (!(rest.length >= length)) {
          break;
        }
        count += started && CARRIED_OUT.has(rest[0] ?? 0) ? 1 : 0;
        started = true;
        rest = rest.subarray(length);
      }
    });
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        client.destroy();
        server.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as { port: number };
  target.port = String(port);
  return {
    url: target.href,
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
    close() {
      proxy.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}
