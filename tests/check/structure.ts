import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const TOP_FOLDERS = [
  "app",
  "components",
  "db",
  "emails",
  "lib",
  "public",
  "tests",
  ".ci",
  ".github",
];
/** design.md, section 4. */
const LIB_FOLDERS =
  "accounts api audit auth cli companies consumption contracts delivery dispatches documents i18n imports jobs mail operations runs staff storage support".split(
    " ",
  );
/** Domains proper; the others in lib/ are machinery with names of their own. */
const DOMAINS =
  "accounts audit companies consumption contracts delivery dispatches documents operations runs staff support";
const DOMAIN_FILES = /^(schema|rules|scope|queries|commands|actions|jobs)$/;
/** Files named for a thing of their domain that fits none of the seven. The list only shrinks. */
const NOUNS = [
  "accounts/email",
  "accounts/tax-id",
  "accounts/theme",
  "companies/colour",
  "companies/palette",
  "consumption/bands",
  "consumption/exports",
  "consumption/holidays",
  "consumption/period",
  "consumption/photo",
  "consumption/quantity",
  "consumption/self-reading",
  "consumption/statistics",
  "consumption/summary",
  "consumption/views",
  "contracts/mandate-form",
  "delivery/words",
  "dispatches/bill-mail-row",
  "documents/bill-list-file",
  "documents/bill-search",
  "documents/due-calendar",
  "documents/receipt",
  "operations/metrics",
  "operations/tracing",
];
const BANNED_NAMES = /^(utils?|helpers?|misc|common|shared|index)\.tsx?$/;
/** The schema's and the texts' entry points list what stands beside them. */
const INDEX_ALLOWED = /^(db\/schema|lib\/i18n\/messages(\/(it|en|de))?)\/index\.ts$/;
const MAX_LINES = 250;

/** What is wrong with the layout of the code, one sentence each; empty when all is well. */
export function structureFaults(): string[] {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" })
    .split("\n")
    .filter((file) => /\.tsx?$/.test(file) && existsSync(file));
  return files.flatMap((file) => [...nameFaults(file), ...contentFaults(file)]);
}

function nameFaults(file: string): string[] {
  const faults: string[] = [];
  const [top = "", second = ""] = file.split("/");
  const name = path.basename(file);
  if (file.includes("/") && !TOP_FOLDERS.includes(top)) {
    faults.push(`${file}: ${top}/ is not one of the top folders (${TOP_FOLDERS.join(", ")}).`);
  }
  if (top === "lib" && file.split("/").length > 2 && !LIB_FOLDERS.includes(second)) {
    faults.push(`${file}: lib/${second} is not a domain of design.md, section 4.`);
  }
  const [, domain = "", stem = ""] = /^lib\/([a-z]+)\/([a-z-]+)(?:\/|\.ts$)/.exec(file) ?? [];
  const known = DOMAIN_FILES.test(stem) || NOUNS.includes(`${domain}/${stem}`);
  if (DOMAINS.split(" ").includes(domain) && !known) {
    faults.push(
      `${file}: a domain's files are schema, rules, scope, queries, commands, actions, jobs.`,
    );
  }
  if (BANNED_NAMES.test(name) && !INDEX_ALLOWED.test(file)) {
    faults.push(`${file}: name the file for what it holds.`);
  }
  if (!/^[a-z0-9.-]+$/.test(name)) {
    faults.push(`${file}: file names are kebab-case.`);
  }
  return faults;
}

function contentFaults(file: string): string[] {
  const faults: string[] = [];
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES && !file.startsWith("tests/")) {
    faults.push(`${file}: ${lines} lines; past ${MAX_LINES} it is two things.`);
  }
  const top = file.split("/")[0];
  for (const [, target = ""] of text.matchAll(/from "(\.\.?\/[^"]*)"/g)) {
    const reached = path.normalize(path.join(path.dirname(file), target)).split("/")[0];
    if (file.includes("/") && reached !== top) {
      faults.push(`${file}: import "${target}" leaves ${top}/; write it with "@/".`);
    }
  }
  const action = /^lib\/[^/]+\/actions(\/[a-z-]+)?\.ts$/.test(file);
  if (/^["']use server["']/m.test(text) && !action) {
    faults.push(`${file}: server actions live in lib/<domain>/actions.`);
  }
  if (/^["']use client["']/m.test(text) && /\.bind\(/.test(text)) {
    faults.push(`${file}: .bind in a client component hangs the server (next.js#57867).`);
  }
  return faults;
}
