import { connect, createServer } from "node:net";
import { RefusalError } from "@/lib/errors";
import { otherDemos } from "./running";

/** The port asked for by PORT, else 3000. */
export function wantedPort(): number {
  const text = process.env.PORT || "3000";
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1024 || port > 65_535) {
    throw new RefusalError(`PORT must be a whole number from 1024 to 65535, not "${text}".`);
  }
  return port;
}

/**
 * Takes a port of localhost until the web server is started, so that two starts cannot both believe
 * it free.
 * @throws {RefusalError} when somebody has it.
 */
export async function reservePort(data: string, port: number): Promise<{ free(): Promise<void> }> {
  const demo = (await otherDemos(data)).find(({ url }) => new URL(url).port === String(port));
  const holder = demo ? `a demo that runs already (process ${demo.pid})` : "another program";
  const other = port < 65_000 ? port + 1 : 3000;
  const taken = new RefusalError(
    `Port ${port} is taken by ${holder}; end it or choose another, for example PORT=${other}.`,
  );
  // Somebody may listen on every address, or on the other family of localhost.
  for (const host of ["127.0.0.1", "::1"]) {
    if (await answers(host, port)) {
      throw taken;
    }
  }
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", () => reject(taken));
    server.listen(port, "localhost", resolve);
  });
  return { free: () => new Promise((resolve) => server.close(() => resolve())) };
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}
