import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** A measured comparison: ours against its limit, in the same run. */
export interface Row {
  name: string;
  /** Medians over the rounds, with their unit. */
  ours: number;
  limit: number;
  unit: string;
  /** Median of the rounds' ratios ours/limit. */
  ratio: number;
  rounds: number;
}

/** What some benches can be told besides their size. */
export interface BenchOptions {
  /** Requests of the memory's measurement. */
  requests?: number;
  /** Serves the copy of the application that was built last. */
  built?: boolean;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One row from the rounds' pairs: the ratio is the median of ratios, not the ratio of medians. */
export function rowOf(name: string, unit: string, pairs: { ours: number; limit: number }[]): Row {
  return {
    name,
    unit,
    ours: median(pairs.map(({ ours }) => ours)),
    limit: median(pairs.map(({ limit }) => limit)),
    ratio: median(pairs.map(({ ours, limit }) => ours / limit)),
    rounds: pairs.length,
  };
}

export function machine() {
  const git = (...args: string[]) => {
    try {
      return execFileSync("git", args, { encoding: "utf8" }).trim();
    } catch {
      return "unknown";
    }
  };
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    commit: `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") ? " (changed)" : ""}`,
  };
}

export function print(rows: Row[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...machine(), rows }, null, 2));
    return;
  }
  const { machine: where, node, commit } = machine();
  console.log(`\n${where} · ${node} · commit ${commit}`);
  const width = Math.max(...rows.map(({ name }) => name.length), 4) + 2;
  console.log(`${"name".padEnd(width)}ours           limit          ratio  rounds`);
  for (const row of rows) {
    const figure = (value: number) => `${value.toFixed(2)} ${row.unit}`.padEnd(15);
    console.log(
      `${row.name.padEnd(width)}${figure(row.ours)}${figure(row.limit)}${row.ratio.toFixed(2).padEnd(7)}${row.rounds}`,
    );
  }
}
