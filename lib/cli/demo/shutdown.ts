import { setTimeout as sleep } from "node:timers/promises";

/** However stuck one part is, the rest must be gone within ten seconds. */
const PATIENCE_MS = 9_000;

const parts: { name: string; end: () => Promise<void> }[] = [];
let begun: Promise<void> | undefined;

/** Adds what must be ended with the demo; the last started ends first. */
export function onEnd(name: string, end: () => Promise<void>): void {
  parts.push({ name, end });
}

/** Whether the demo is on its way out, so that a child's end is no surprise. */
export const ending = () => begun !== undefined;

/** Ends every part, then the process. A second call does nothing but wait for the first. */
export async function endDemo(exitCode: number): Promise<void> {
  begun ??= (async () => {
    await Promise.race([endParts(), sleep(PATIENCE_MS)]);
    process.exit(exitCode);
  })();
  await begun;
}

async function endParts(): Promise<void> {
  for (const { name, end } of parts.reverse()) {
    await end().catch((error: unknown) => {
      console.error(
        `  ${name} did not end well: ${error instanceof Error ? error.message : error}`,
      );
    });
  }
}

/**
 * Ctrl-C, `kill` and a closed terminal all end the demo in order. A signal may come twice, from the
 * terminal and passed on by npm, so the second one changes nothing.
 */
export function endOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      void endDemo(signal === "SIGINT" ? 130 : 143);
    });
  }
}
