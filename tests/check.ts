import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { envExample } from "./check/env-example";
import { structureFaults } from "./check/structure";

/** `npm run check`: format, lint and import direction, types, structure, dead code. Exit 1 on any. */
const write = process.argv.includes("--write");
const EXAMPLE = ".env.example";

if (write) {
  writeFileSync(EXAMPLE, envExample());
}

interface Outcome {
  name: string;
  seconds: number;
  output: string;
  passed: boolean;
}

function tool(name: string, command: string, args: string[]): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(`node_modules/.bin/${command}`, args, {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const add = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    child.on("close", (code) => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ name, seconds, output, passed: code === 0 });
    });
  });
}

function own(name: string, faults: string[]): Outcome {
  return { name, seconds: 0, output: faults.join("\n"), passed: faults.length === 0 };
}

async function types(): Promise<Outcome> {
  // Next.js writes its ambient types on its first build; a fresh clone has not had one.
  if (!existsSync("next-env.d.ts")) {
    const made = await tool("types", "next", ["typegen"]);
    if (!made.passed) {
      return made;
    }
  }
  return await tool("types", "tsc", ["--noEmit"]);
}

const example = existsSync(EXAMPLE) ? readFileSync(EXAMPLE, "utf8") : "";
const outcomes = await Promise.all([
  tool("format, lint, import direction", "biome", ["check", "--error-on-warnings", "."]),
  types(),
  tool("dead code", "knip", []),
  tool("migrations", "drizzle-kit", ["check"]),
  own("structure", structureFaults()),
  own(
    EXAMPLE,
    example === envExample() ? [] : [`${EXAMPLE} is out of date: npm run check -- --write`],
  ),
]);

for (const { name, seconds, output, passed } of outcomes) {
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) {
    console.log(output.trim());
  }
}
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
