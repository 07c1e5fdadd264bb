import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { machine } from "../bench/report";
import { ask } from "../e2e/authorisation/asking";
import { CHROMIUM_FLAGS, findChromium } from "../e2e/chromium";
import { pageBytes } from "../e2e/page-bytes";
import { freePort, startDemo } from "../run/demo-server";
import { firstLook } from "./first-look";
import { type LookedAt, listPages } from "./pages";
import { faultsOf, header, type Measured, rowOf } from "./report";
import { scoresOf } from "./scores";

/**
 * `npm run lighthouse -- [NAME…] [--quick]`: the pages of issue 8 on a phone, by Lighthouse's scores,
 * their bytes, and how soon they can be read on a slow net. Each is loaded three times (`--quick`:
 * once), medians count. On a demo of its own, or the one that SPORTELLO_URL, SPORTELLO_DATA and
 * SPORTELLO_BUILD_DIR name. For a machine that does nothing else.
 */
const FOLDER = path.join("test-results", "lighthouse");
const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith("--"));
const runs = args.includes("--quick") ? 1 : 3;

async function onDemo(): Promise<boolean> {
  if (process.env.SPORTELLO_URL) {
    return await measure();
  }
  const demo = await startDemo(".sportello-test/lighthouse", ["--reset"]);
  Object.assign(process.env, {
    SPORTELLO_URL: demo.url,
    SPORTELLO_DATA: demo.dataFolder,
    SPORTELLO_BUILD_DIR: ".next-test",
  });
  try {
    return await measure();
  } finally {
    await demo.stop();
  }
}

async function measure(): Promise<boolean> {
  const all = await listPages();
  const unknown = names.filter((name) => all.every((page) => page.name !== name));
  if (unknown.length > 0) {
    console.error(
      `No page is called ${unknown.join(", ")}; there is: ${all.map(({ name }) => name).join(", ")}.`,
    );
    return false;
  }
  const pages = all.filter(({ name }) => names.length === 0 || names.includes(name));
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...CHROMIUM_FLAGS, `--remote-debugging-port=${port}`],
  });
  const measured: Measured[] = [];
  try {
    console.log(`\n${header()}`);
    for (const page of pages) {
      const one = await measurePage(page, browser, port);
      measured.push(one);
      console.log(rowOf(one));
    }
  } finally {
    await browser.close();
  }
  const faults = measured.flatMap(faultsOf);
  const { machine: where, node, commit } = machine();
  console.log(`\n${where} · ${node} · commit ${commit} · ${runs} runs`);
  console.log(faults.length === 0 ? "Everything holds." : faults.join("\n"));
  writeFileSync(
    path.join(FOLDER, "summary.json"),
    JSON.stringify({ ...machine(), runs, faults, pages: measured }, null, 2),
  );
  return faults.length === 0;
}

async function measurePage(page: LookedAt, browser: Browser, port: number): Promise<Measured> {
  // The first to ask for a page waits for what the server reads once.
  const { body, status } = await ask(page.path, { cookie: page.cookie });
  if (status !== 200) {
    throw new Error(`${page.path} answers ${status}`);
  }
  const { cookie: _, ...told } = page;
  return {
    ...told,
    ...(await pageBytes(body)),
    ...(await firstLook(browser, page, page.timed ? runs : 1)),
    ...(await scoresOf(page, { port, runs: page.timed ? runs : 1, folder: FOLDER })),
  };
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
process.exitCode = (await onDemo()) ? 0 : 1;
