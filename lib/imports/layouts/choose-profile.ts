import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { CsvFormat } from "../csv-records";
import { FaultList, ImportRefusedError, shown } from "../errors";
import { NO_PLAIN_FILE, unreadable } from "../text-file";
import { sameName } from "./header";
import { type CsvProfile, Profile } from "./profile";
import { SHIPPED_PROFILES } from "./shipped-profiles";
import { columnNames } from "./wide-columns";

/** A header is looked for in so much of a file. */
const HEAD_BYTES = 64 * 1024;
/** A profile is some dozen lines. */
const PROFILE_BYTES = 256 * 1024;

/** The layouts that can be named, with what tells each. */
export function knownLayouts(): string {
  return SHIPPED_PROFILES.map((profile) =>
    profile.shape === "green-button"
      ? `${profile.name} (XML)`
      : `${profile.name} (${tellingColumns(profile).slice(0, 2).join(profile.delimiter)}…)`,
  ).join(", ");
}

/**
 * The layout by its name, from a JSON file, or as the file's first line tells it.
 * @throws {ImportRefusedError} if there is no such layout, or it has faults: each with its field.
 */
export async function chooseProfile(
  file: string,
  layout: string | Profile | undefined,
  faults: FaultList,
): Promise<Profile> {
  if (typeof layout === "object") {
    return layout;
  }
  if (layout?.toLowerCase().endsWith(".json")) {
    return await readProfile(layout, faults);
  }
  if (layout !== undefined) {
    const names = SHIPPED_PROFILES.map(({ name }) => name).join(", ");
    return (
      SHIPPED_PROFILES.find(({ name }) => name === layout) ??
      faults.refuse({
        reason: `there is no layout ${shown(layout)}; known are ${names}, or name a JSON file with a layout of your own`,
      })
    );
  }
  return recognise(await headOf(file, faults), faults);
}

/** How a file of readings is written as CSV; null where it is XML. What nobody knows may be as ours are. */
export async function csvFormatOf(file: string, layout?: string): Promise<CsvFormat | null> {
  try {
    const profile = await chooseProfile(file, layout, new FaultList(""));
    return profile.shape === "green-button" ? null : profile;
  } catch (error) {
    if (error instanceof ImportRefusedError) {
      return {};
    }
    throw error;
  }
}

async function readProfile(file: string, faults: FaultList): Promise<Profile> {
  const name = path.basename(file);
  const refuse = (reason: string) => faults.refuse({ reason: `the layout ${name}: ${reason}` });
  let given: unknown;
  try {
    const found = await stat(file);
    if (!found.isFile() && !found.isDirectory()) {
      return refuse(NO_PLAIN_FILE);
    }
    if (found.size > PROFILE_BYTES) {
      return refuse("the file is far too long for a layout");
    }
    given = JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not JSON" : unreadable(error);
    return reason ? refuse(reason) : Promise.reject(error);
  }
  const parsed = Profile.safeParse(given);
  if (parsed.success) {
    return parsed.data;
  }
  for (const { path: at, message } of parsed.error.issues) {
    const field = at.length > 0 ? `field ${shown(at.join(".")).slice(1, -1)}: ` : "";
    faults.add({ reason: `the layout ${name}: ${field}${shown200(message)}` });
  }
  faults.throwIfAny();
  throw new Error("a layout with faults was not refused");
}

/** What the parser says may quote the file; on one line, and not endless. */
const shown200 = (message: string) => message.replace(/\p{C}+/gu, " ").slice(0, 200);

async function headOf(file: string, faults: FaultList): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer
        .toString("utf8", 0, bytesRead)
        .replace(/^\uFEFF/, "")
        .trimStart();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = unreadable(error);
    throw reason ? faults.refusal({ reason }) : error;
  }
}

function recognise(head: string, faults: FaultList): Profile {
  if (head.startsWith("<")) {
    const xml = SHIPPED_PROFILES.find(({ shape }) => shape === "green-button");
    if (xml) {
      return xml;
    }
  }
  const line = /^[^\r\n]*/.exec(head)?.[0] ?? "";
  if (line === "") {
    return faults.refuse({
      reason: `the file is empty; its first line must be a header of a known layout: ${knownLayouts()}`,
    });
  }
  for (const profile of SHIPPED_PROFILES) {
    if (profile.shape !== "green-button") {
      const names = new Set(line.split(profile.delimiter).map((cell) => sameName(unquoted(cell))));
      if (tellingColumns(profile).every((column) => names.has(sameName(column)))) {
        return profile;
      }
    }
  }
  return faults.refuse({
    line: 1,
    reason: `the header is of no known layout; known are ${knownLayouts()}`,
  });
}

const unquoted = (cell: string) => cell.trim().replace(/^"(.*)"$/, "$1");

/** The columns that tell a layout: those it says, or all that it needs. */
function tellingColumns(profile: CsvProfile): string[] {
  return profile.recognise ?? columnNames(profile);
}
