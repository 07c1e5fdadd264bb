import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../run/demo-server";

/** Next compiles React Email's own pages at the first look. */
const LONGEST_MS = 150_000;

let preview: ChildProcess;
let port: number;
let output = "";

beforeAll(async () => {
  port = await freePort();
  preview = spawn("npm", ["run", "email"], {
    env: { ...process.env, PORT: String(port), NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: what it starts ends with it.
    detached: true,
  });
  for (const stream of [preview.stdout, preview.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  for (const end = Date.now() + LONGEST_MS; !(await takes("127.0.0.1")); await sleep(500)) {
    if (Date.now() > end || preview.exitCode !== null) {
      throw new Error(`the preview did not start: ${output}`);
    }
  }
}, LONGEST_MS);

afterAll(async () => {
  if (preview.pid && preview.exitCode === null) {
    process.kill(-preview.pid, "SIGKILL");
    await once(preview, "close");
  }
});

/** Whether something takes a connection there. */
async function takes(host: string): Promise<boolean> {
  const socket = connect({ host, port, timeout: 2_000 });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The addresses on which something listens at the port, by the kernel; null where it has no such list. */
async function listeningAddresses(): Promise<string[] | null> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => null)),
  );
  if (tables.every((table) => table === null)) {
    return null;
  }
  const place = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return tables
    .flatMap((table) => (table ?? "").split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(place) && state === "0A")
    .map(([, local = ""]) => local.slice(0, -place.length));
}

test("npm run email listens on loopback and on no other address of this machine", async () => {
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((face) => face && !face.internal && face.family === "IPv4")
    .map((face) => face?.address ?? "");
  const listening = await listeningAddresses();
  if (listening) {
    // 127.0.0.1, as the kernel writes it.
    expect(listening).toEqual(["0100007F"]);
  }
  for (const address of others) {
    expect(await takes(address), address).toBe(false);
  }
});

test(
  "npm run email lists every template",
  async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    const page = await answer.text();
    expect(answer.status).toBe(200);
    for (const template of [
      "new-bill",
      "closing-bill",
      "credit-note",
      "notice",
      "repair-address",
    ]) {
      expect(page).toContain(template);
    }
  },
  LONGEST_MS,
);
