import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { buildPrograms, programsFolder } from "./build/programs";
import { completeStandalone } from "./build/standalone";

/**
 * `npm run build`: pages, worker and command line as plain JavaScript. Its `standalone` folder can be carried to a
 * machine that has Node.js and nothing else; a platform that takes Next.js's own output gets that.
 */
async function main(): Promise<number> {
  const project = process.cwd();
  const distFolder = path.resolve(process.env.SPORTELLO_BUILD_DIR || ".next");
  const programs = programsFolder(distFolder);
  await buildPrograms(project, programs);
  // Vercel makes functions of Next.js's own output.
  const standalone = !process.env.VERCEL;
  const code = await nextBuild(standalone ? { SPORTELLO_STANDALONE: "1" } : {});
  if (code === 0 && standalone) {
    await completeStandalone({ project, distFolder, programs });
  }
  return code;
}

function nextBuild(settings: Record<string, string>): Promise<number> {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build", ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, ...settings },
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

process.exitCode = await main();
