import { spawn } from "node:child_process";
import { program } from "../setup/program";
import type { ArmedFault, Settings } from "./settings";
import type { ProviderCounts } from "./state";

export interface RemoteFacts extends ProviderCounts {
  taken: number;
  keys: number;
  tooMany: number;
  told: { told: number; refusedForged: number; takenForged: number; lost: number };
  /** Bytes of memory that the provider's process holds. */
  rss: number;
}

/** The provider in a process of its own, so that its work is not the application's. */
export interface RemoteProvider {
  url: string;
  pid: number;
  facts(): Promise<RemoteFacts>;
  set(settings: Partial<Settings>): Promise<RemoteFacts>;
  faults(armed: ArmedFault[]): Promise<RemoteFacts>;
  advance(ms: number): Promise<RemoteFacts>;
  /** Waits until all webhooks are told. */
  settled(): Promise<RemoteFacts>;
  forget(): Promise<RemoteFacts>;
  /** Tells no event any more, as where the endpoint was switched off. */
  hush(): Promise<RemoteFacts>;
  /** The last event of each dispatch, or account's mail. */
  fates(): Promise<Map<string, string>>;
  /** How often each dispatch, or mail about an account, was taken. */
  times(): Promise<Map<string, number>>;
  stop(): void;
}

export async function spawnProvider(settings: Partial<Settings> = {}): Promise<RemoteProvider> {
  const child = spawn(
    process.execPath,
    [...program("tests/provider/provider-child.ts"), JSON.stringify(settings)],
    { stdio: ["ignore", "pipe", "inherit", "ipc"] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (line: Buffer) => resolve(line.toString().trim()));
    child.once("exit", () => reject(new Error("the provider did not start")));
  });
  const ask = async (path: string, body: unknown = {}) => {
    const answer = await fetch(`${url}/control/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return (await answer.json()) as RemoteFacts;
  };
  const pairsOf = async (path: string) => {
    const answer = await fetch(`${url}/control/${path}`);
    const lines = (await answer.text()).split("\n").filter(Boolean);
    return lines.map((line) => line.split(" ") as [string, string]);
  };
  return {
    url,
    pid: child.pid ?? 0,
    facts: () => ask("facts"),
    set: (over) => ask("settings", over),
    faults: (armed) => ask("faults", armed),
    advance: (advanceMs) => ask("clock", { advanceMs }),
    settled: () => ask("settled"),
    forget: () => ask("forget"),
    hush: () => ask("settings", { telling: { on: false } }),
    async times() {
      const pairs = await pairsOf("times");
      return new Map(pairs.map(([id, times]) => [id, Number(times)]));
    },
    fates: async () => new Map(await pairsOf("fates")),
    stop: () => child.kill("SIGKILL"),
  };
}
