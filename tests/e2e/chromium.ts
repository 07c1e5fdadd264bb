import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Started so that it asks nobody for anything: the tests need no network. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A Chromium: CHROMIUM_PATH, an installed one, Debian's package when we may install it, else
 * @sparticuz/chromium from npm in a folder of the tests. Says what it installs.
 */
export async function findChromium(): Promise<string> {
  const found = [process.env.CHROMIUM_PATH ?? "", ...PLACES].find(
    (file) => file && existsSync(file),
  );
  if (found) {
    return found;
  }
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Debian's package chromium for the browser tests …");
    try {
      const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };
      execFileSync("apt-get", ["update", "-qq"], quiet);
      execFileSync("apt-get", ["install", "-y", "-qq", "chromium"], quiet);
      if (existsSync("/usr/bin/chromium")) {
        return "/usr/bin/chromium";
      }
    } catch {
      console.log("That did not work.");
    }
  }
  console.log("Installing @sparticuz/chromium from npm for the browser tests …");
  const folder = path.resolve(".sportello-test/chromium");
  mkdirSync(folder, { recursive: true });
  execFileSync(
    "npm",
    [
      "install",
      "--prefix",
      folder,
      "--no-save",
      "--no-package-lock",
      "@sparticuz/chromium@143.0.4",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const entry = path.join(folder, "node_modules/@sparticuz/chromium/build/esm/index.js");
  const { default: chromium } = (await import(pathToFileURL(entry).href)) as {
    default: { executablePath(): Promise<string> };
  };
  return await chromium.executablePath();
}
