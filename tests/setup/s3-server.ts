import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(import.meta.url);

export const BUCKET = "sportello-test";
/** What s3rver knows; it does not look at version 4 signatures. */
export const KEYS = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" };

export interface S3Server {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  /** STORAGE_URL for a prefix in its bucket. */
  storageUrl(prefix: string): string;
  stop(): Promise<void>;
}

/** A real S3-speaking server (s3rver) in a process of its own, with one empty bucket. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(path.join(tmpdir(), "s3-"));
  const program = require.resolve("s3rver/bin/s3rver.js");
  const server = spawn(
    process.execPath,
    // It packs its paging tokens with DES, which OpenSSL 3 has put away.
    [
      ...["--openssl-legacy-provider", program, "-d", folder, "-a", "127.0.0.1", "-p", "0"],
      ...["--silent", "--no-vhost-buckets", "--configure-bucket", BUCKET],
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env.PATH, NODE_ENV: "test" } },
  );
  const gone = once(server, "close");
  const port = await new Promise<string>((resolve, reject) => {
    let said = "";
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const found = /listening on \S+:(\d+)/.exec(said)?.[1];
      if (found) {
        resolve(found);
      }
    });
    server.once("error", reject);
    gone.then(() => reject(new Error(`s3rver ended: ${said}`)));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    storageUrl: (prefix) =>
      `s3://${BUCKET}/${prefix}?region=us-east-1&endpoint=${encodeURIComponent(endpoint)}&pathStyle=true`,
    stop: async () => {
      server.kill("SIGKILL");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
