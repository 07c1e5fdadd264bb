import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { diceFor } from "@/db/seed/dice";
import type { Fault, FaultRow } from "./fault";
import { hostileBytes, hostileLengths } from "./hostile-bytes";
import { hostileCells } from "./hostile-cells";
import { hostileDocuments } from "./hostile-documents";
import { type HostileFile, putFile } from "./hostile-file";
import { linesFaults } from "./hostile-lines";
import { mutations } from "./hostile-mutations";
import { HostileProcess, type HostileResult } from "./hostile-process";
import { hostileShapes } from "./hostile-shapes";
import { HOSTILE_KINDS } from "./hostile-valid";
import { type HostileWorld, hostileWorld, OPTIONS } from "./hostile-world";

const MEMORY_MB = 512;
const MB = 2 ** 20;
/** Imports whose records are kept at most. */
const KEPT = 200;

interface Met {
  refused: number;
  taken: number;
  peakMb: number;
  slowestMs: number;
}

/**
 * Hundreds of bad files of every kind, and valid ones with a few changes: each is refused in clear words
 * and changes nothing, or is taken because it happens to be right. Nothing crashes, hangs or swells.
 */
export const hostileFiles: Fault = async ({ urls, quick, seed }) => {
  const world = await hostileWorld(urls);
  const importer = new HostileProcess(urls.workerUrl);
  const row: FaultRow = {
    name: "hostile-files",
    tries: 0,
    lost: 0,
    doubled: 0,
    wrong: [],
    met: "",
  };
  const met: Met = { refused: 0, taken: 0, peakMb: 0, slowestMs: 0 };
  try {
    const { digest } = await world.state();
    for (const file of allFiles(quick, seed)) {
      row.tries += 1;
      for (const fault of await tryFile(file, { world, importer, met, digest })) {
        row.wrong.push(`${file.kind}, ${file.name}: ${fault}`);
      }
      if (row.tries % KEPT === 0) {
        await world.forgetImports();
      }
    }
    row.met = `${met.refused} refused, ${met.taken} taken and undone, at most ${Math.round(met.peakMb)} MB and ${(met.slowestMs / 1e3).toFixed(1)} s`;
    return row;
  } finally {
    await importer.close();
    await world.close();
  }
};

/** Shares of the files that the quick way tries, chosen by the seed; the full way tries all. */
const QUICK = { bytes: 0.45, shapes: 0.45, cells: 0.025, lengths: 0.3 };

function* allFiles(quick: boolean, seed: number): Generator<HostileFile> {
  const dice = diceFor(`hostile files ${seed}`);
  const some = (files: HostileFile[], share: number) =>
    files.filter(({ must }) => !quick || must === "take" || dice.roll() < share);
  for (const kind of HOSTILE_KINDS) {
    yield* some(hostileBytes(kind, seed), QUICK.bytes);
    yield* some(hostileShapes(kind, seed), QUICK.shapes);
    yield* some(hostileCells(kind), QUICK.cells);
    yield* some(hostileLengths(kind, quick ? 50 * MB : 1_024 * MB), QUICK.lengths);
  }
  yield* hostileDocuments();
  yield* mutations(quick ? 300 : 100_000, seed);
}

async function tryFile(
  file: HostileFile,
  given: { world: HostileWorld; importer: HostileProcess; met: Met; digest: string },
): Promise<string[]> {
  const { world, importer, met, digest } = given;
  const folder = await mkdtemp(path.join(world.folder, "f-"));
  try {
    const place = path.join(folder, file.fileName ?? `${file.kind}.csv`);
    await putFile(file, place);
    const documents = await file.documents?.(folder);
    const result = await importer.import({
      kind: file.kind,
      options: OPTIONS[file.kind],
      company: world.company,
      file: place,
      documents,
    });
    const faults = judge(file, result, [place, documents ?? place], met);
    const state = await world.state();
    if (state.staged > 0) {
      faults.push("a table is left in schema staging");
      await world.clearStaging();
    }
    if (state.digest !== digest) {
      if (typeof result === "string" || result.lines) {
        faults.push("something was applied");
      }
      await world.undo();
    }
    return faults;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judge({ must }: HostileFile, result: HostileResult, places: string[], met: Met): string[] {
  if (typeof result === "string") {
    return [`the import ${result}`];
  }
  const { outcome, lines = [], peakMb, ms } = result;
  met.peakMb = Math.max(met.peakMb, peakMb);
  met.slowestMs = Math.max(met.slowestMs, ms);
  met[outcome ? "taken" : "refused"] += 1;
  return [
    ...(peakMb > MEMORY_MB ? [`it took ${Math.round(peakMb)} MB`] : []),
    ...(outcome && must === "refuse" ? ["it was taken"] : []),
    ...(!outcome && must === "take" ? [`it was refused: ${lines[0]}`] : []),
    ...(outcome
      ? []
      : linesFaults(
          lines,
          places.map((place) => path.basename(place)),
        )),
  ];
}
