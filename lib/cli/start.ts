import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { EnvError, env } from "@/lib/env";

/** `npm start`: the built web server, once the environment is right. */
function start(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) {
      throw error;
    }
    // Next.js would print a stack around it.
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const server = spawn(process.execPath, [next, "start", ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => server.kill(signal));
  }
  server.on("close", (code) => {
    process.exitCode = code ?? 1;
  });
}

start();
