import { symlink } from "node:fs/promises";
import path from "node:path";
import { buildPrograms } from "@/lib/cli/build/programs";

/** What tests start as processes of their own, many times. */
const SOURCES = [
  ...["ask-child", "import-child", "step-child", "worker-child"].map((n) => `tests/faults/${n}.ts`),
  "tests/bench/parse-child.ts",
  "tests/provider/provider-child.ts",
  "tests/setup/hold-database.ts",
];

/** Compiles them and the product's programs once: a start takes a third of the time then. */
export async function makeTestPrograms(place: string): Promise<string> {
  const folder = path.resolve(place);
  await buildPrograms(process.cwd(), folder, SOURCES);
  await symlink(path.resolve("db/migrations"), path.join(folder, "migrations"));
  process.env.SPORTELLO_TEST_PROGRAMS = folder;
  return folder;
}
