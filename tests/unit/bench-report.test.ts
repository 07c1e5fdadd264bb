import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { parseAll } from "../bench/import-e-invoices";
import { curveChart, curveWords, sizeName } from "../bench/report/chart";
import { bytesPerYear, loadOf, thresholds } from "../bench/report/cost-model";
import { readmeSection, reportMarkdown } from "../bench/report/markdown";
import { type Curve, holds, type Report, type ReportRow } from "../bench/report/report";
import { FIGURES, withSection } from "../bench/report/write";

const ROW: ReportRow = {
  ...{ name: "bill list", unit: "ms", ours: 6, limit: 5, ratio: 1.2, rounds: 5 },
  ...{ limitIs: "a page without database", goal: { atMost: 1.3 } },
};
const CURVE: Curve = {
  ...{
    id: "freeze",
    title: "Freezing & waiting",
    unit: "µs a contract",
    limitIs: "INSERT … SELECT",
  },
  points: [
    { contracts: 10_000, ours: 9, limit: 6 },
    { contracts: 100_000, ours: 10, limit: 6.5 },
    { contracts: 1_000_000, ours: 10.25, limit: 7 },
  ],
};
const REPORT: Report = {
  made: {
    ...{ at: "2026-11-28T04:00:00.000Z", minutes: 24.2, quick: false },
    ...{ machine: "2 × CPU, 24 GiB", commit: "abc1234", versions: { "Node.js": "20.20.2" } },
  },
  rows: [ROW, { ...ROW, name: "without a goal", goal: undefined }],
  curves: [CURVE],
  storage: {
    perRow: {
      ...{ documents: 500, billLines: 100, dispatches: 200, mails: 300, plans: 150 },
      ...{ days: 100, profiles: 400 },
    },
    perContract: 1_000,
  },
  memory: [{ requests: 10_000, heapMb: 80.25, rssMb: 210.4 }],
  figures: {
    ...{ listWebMs: 6, listDatabaseMs: 1.5, mailMs: 0.5, mailsPerSecond: 3_000 },
    ...{ freezeSeconds: 1e-5, publishSeconds: 3e-5, importSeconds: 6e-5, cores: 2, memoryGb: 24 },
  },
};

describe("the cost model", () => {
  test("a contract's year is its bills with what goes with them, and its days", () => {
    // 12 × (500 + 8 × 100 + 150 + 0.6 × (200 + 300)); 365 × (100 + 400)
    expect(bytesPerYear(REPORT.storage)).toEqual({ bills: 21_000, readings: 182_500 });
  });

  test("a million contracts ask a million times what one does", () => {
    const load = loadOf(1_000_000, REPORT);
    expect(load.gbPerYear).toBeCloseTo(203.5, 6);
    // 1,000, two bills of 1,750, a twelfth of 182,500.
    expect(load.hotGb).toBeCloseTo(1 + 3.5 + 15.208333, 6);
    expect(load.freezeMinutes).toBeCloseTo(1 / 6, 6);
    expect(load.publishMinutes).toBeCloseTo(0.5, 6);
    // 600,000 mails at a thousand a second.
    expect(load.mailHours).toBeCloseTo(1 / 6, 6);
    // 600,000 are told, a fifth come, four pages each, in an hour.
    expect(load.requestsPerSecond).toBeCloseTo(133.33, 2);
    expect(load.webCores).toBeCloseTo(4 / 3, 2);
    expect(load.databaseCores).toBeCloseTo(1 / 3, 2);
  });

  test("nobody comes before being told: past the provider's pace an hour has no more requests", () => {
    expect(loadOf(12_000_000, REPORT).requestsPerSecond).toBe(
      loadOf(6_000_000, REPORT).requestsPerSecond,
    );
  });

  test("a step is enough up to what its cores and its memory hold, with two figures", () => {
    expect(thresholds(REPORT)).toEqual({
      oneMachine: 1_200_000,
      webTier: 6_000_000,
      memory: 910_000,
    });
  });
});

describe("the charts", () => {
  const svg = curveChart(CURVE);

  test("are well-formed, and say in words what they draw", () => {
    const texts: string[] = [];
    const parser = new SaxesParser();
    parser.on("text", (text) => texts.push(text));
    parser.on("error", (error) => {
      throw error;
    });
    parser.write(svg).close();
    expect(texts).toContain(CURVE.title);
    expect(texts).toContain(curveWords(CURVE));
    expect(curveWords(CURVE)).toContain(
      "10.3 µs a contract at 1,000,000 contracts (INSERT … SELECT: 7)",
    );
  });

  test("have a colour of their own on dark paper, and begin at zero", () => {
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).toContain(">0</text>");
    expect([10_000, 100_000, 1_000_000].map(sizeName)).toEqual(["10k", "100k", "1M"]);
  });
});

describe("the report", () => {
  test("says of each goal whether it is held", () => {
    expect(holds(ROW)).toBe(true);
    expect(holds({ ...ROW, ratio: 1.31 })).toBe(false);
    expect(holds({ ...ROW, ratio: 0.5, goal: { atLeast: 0.6 } })).toBe(false);
    expect(reportMarkdown({ ...REPORT, rows: [{ ...ROW, ratio: 2 }] })).toContain("**not held**");
  });

  test("of the README has the rows with a goal, the rest is in the report", () => {
    expect(readmeSection(REPORT)).not.toContain("without a goal");
    expect(reportMarkdown(REPORT)).toContain("without a goal");
    for (const words of [readmeSection(REPORT), reportMarkdown(REPORT)]) {
      expect(words).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test("has a place in the README, and is its JSON's and nobody's hand", () => {
    const readme = readFileSync("README.md", "utf8");
    expect(() => withSection(readme, "")).not.toThrow();
    const file = `${FIGURES}/report.json`;
    if (existsSync(file)) {
      const report = JSON.parse(readFileSync(file, "utf8")) as Report;
      expect(withSection(readme, readmeSection(report))).toBe(readme);
      expect(readFileSync(`${FIGURES}/report.md`, "utf8")).toBe(reportMarkdown(report));
      for (const curve of report.curves) {
        expect(readFileSync(`${FIGURES}/${curve.id}.svg`, "utf8")).toBe(curveChart(curve));
      }
    }
  });
});

describe("a limit that is measured in a process of its own", () => {
  test("fails with it, and is not waited for", async () => {
    const empty = await mkdtemp(path.join(tmpdir(), "no-invoices-"));
    try {
      await expect(parseAll(empty)).rejects.toThrow("broke off");
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});
