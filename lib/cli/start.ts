import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { EnvError, env } from "@/lib/env";
import { parseStorageUrl } from "@/lib/storage/storage-url";

/** `npm start`: the built web server, in this process, once the environment is right. */
async function start(): Promise<void> {
  try {
    const { hostname, port } = options();
    const { STORAGE_URL } = env();
    process.env.PORT = port ?? process.env.PORT ?? "3000";
    // Never the shell's or the container's own HOSTNAME, which would be the one address listened to.
    process.env.HOSTNAME = hostname ?? "0.0.0.0";
    process.env.STORAGE_URL = fromHere(STORAGE_URL);
  } catch (error) {
    if (error instanceof EnvError || (error as NodeJS.ErrnoException).code === "ERR_PARSE_ARGS") {
      return refuse((error as Error).message);
    }
    throw error;
  }
  const server = serverFile();
  if (!server) {
    return refuse("There is no build here; run: npm run build");
  }
  await import(pathToFileURL(server).href);
}

function options() {
  try {
    return parseArgs({
      options: {
        hostname: { type: "string", short: "H" },
        port: { type: "string", short: "p" },
      },
    }).values;
  } catch (cause) {
    throw Object.assign(new Error("Known are -p PORT and -H HOST.", { cause }), {
      code: "ERR_PARSE_ARGS",
    });
  }
}

/** Beside the compiled programs, else in the build of a clone. */
function serverFile(): string | undefined {
  const build = path.resolve(process.env.SPORTELLO_BUILD_DIR || ".next");
  return [
    path.join(import.meta.dirname, "../server.js"),
    path.join(build, "standalone/server.js"),
  ].find((file) => existsSync(file));
}

/** Next.js serves from its own folder, and `file:./storage` means the one that the operator is in. */
function fromHere(url: string): string {
  const place = parseStorageUrl(url);
  return place.kind === "folder" ? `file:${path.resolve(place.folder)}` : url;
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

await start();
