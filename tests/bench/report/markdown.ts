import { curveWords, figure } from "./chart";
import { ASSUMED, bytesPerYear, type Load, loadOf, thresholds } from "./cost-model";
import { holds, type Report, type ReportRow } from "./report";

/** Worlds of the cost model's table. */
const SIZES = [100_000, 1_000_000, 5_000_000];

const number = (value: number) => Math.round(value).toLocaleString("en");

function heading({ made }: Report): string {
  const versions = Object.entries(made.versions).map(([name, version]) => `${name} ${version}`);
  const small = made.quick ? " A small world (`--quick`): its figures compare nothing." : "";
  return `Measured on ${made.at.slice(0, 10)}, commit ${made.commit}, ${made.machine}; ${versions.join(", ")}; one run of ${figure(made.minutes)} minutes.${small}`;
}

function goalOf({ goal }: ReportRow): string {
  return !goal ? "" : "atMost" in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
}

const VERDICTS = new Map<boolean | undefined, string>([
  [true, "held"],
  [false, "**not held**"],
  [undefined, ""],
]);

function ratios(rows: ReportRow[]): string {
  const lines = rows.map((row) => {
    const unit = row.unit ? ` ${row.unit}` : "";
    const cells = [
      ...[row.name, `${figure(row.ours)}${unit}`, `${figure(row.limit)}${unit}`, row.limitIs],
      ...[`**${row.ratio.toFixed(2)}**`, goalOf(row), VERDICTS.get(holds(row)), row.rounds],
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `| measured | ours | limit | the limit is | ratio | goal | | rounds |
|---|---|---|---|---|---|---|---|
${lines.join("\n")}`;
}

/** A figure's words are its text for those who do not see it. */
function pictures({ curves }: Report, folder: string): string {
  return curves.map((curve) => `![${curveWords(curve)}](${folder}${curve.id}.svg)`).join("\n");
}

function memoryTable({ memory }: Report): string {
  const rows = memory.map(
    ({ requests, heapMb, rssMb }) =>
      `| ${number(requests)} | ${heapMb.toFixed(1)} | ${rssMb.toFixed(0)} |`,
  );
  return `| requests answered | heap after collection, MB | resident meanwhile (median), MB |
|---|---|---|
${rows.join("\n")}`;
}

function storageTable({ storage }: Report): string {
  const { bills, readings } = bytesPerYear(storage);
  const { perRow, perContract } = storage;
  const rows: [string, number, string][] = [
    ["a contract with holder, mandate, choices and login", perContract, "measured"],
    ["a bill, its indexes included", perRow.documents, "measured"],
    ["a line of a bill", perRow.billLines, "measured"],
    ["a row of a run's plan", perRow.plans, "measured"],
    ["a dispatch", perRow.dispatches, "measured"],
    ["the facts of its mail", perRow.mails, "measured"],
    ["a day's totals", perRow.days, "measured"],
    ["a day of quarter-hours", perRow.profiles, "measured"],
    [
      `a contract's bills of a year (${ASSUMED.billsPerYear}, of ${ASSUMED.linesPerBill} lines, ${ASSUMED.electronic * 100} % by e-mail)`,
      bills,
      "derived",
    ],
    ["a contract's readings of a year, by quarter-hours", readings, "derived"],
  ];
  return `| what | bytes | |
|---|---|---|
${rows.map(([what, bytes, how]) => `| ${what} | ${number(bytes)} | ${how} |`).join("\n")}

PDFs are in the storage, not here: as large as the billing system makes them.`;
}

const span = (minutes: number) =>
  minutes >= 90
    ? `${figure(minutes / 60)} h`
    : minutes >= 1
      ? `${figure(minutes)} min`
      : `${figure(minutes * 60)} s`;

function loads(report: Report): string {
  const worlds = SIZES.map((contracts) => loadOf(contracts, report));
  const row = (what: string, tell: (load: Load) => string) =>
    `| ${what} | ${worlds.map(tell).join(" | ")} |`;
  return [
    `| contracts | ${SIZES.map(number).join(" | ")} |`,
    `|---|${SIZES.map(() => "---").join("|")}|`,
    row("database, each year", ({ gbPerYear }) => `${figure(gbPerYear)} GB`),
    row("in use all the time", ({ hotGb }) => `${figure(hotGb)} GB`),
    row("freezing a run", ({ freezeMinutes }) => span(freezeMinutes)),
    row("importing its bills", ({ importMinutes }) => span(importMinutes)),
    row("publishing it", ({ publishMinutes }) => span(publishMinutes)),
    row("its mails, at the provider's 1,000 a second", ({ mailHours }) => span(mailHours * 60)),
    row("requests a second, in the hour after", ({ requestsPerSecond }) =>
      figure(requestsPerSecond),
    ),
    row("cores for web processes", ({ webCores }) => figure(webCores)),
    row("cores for PostgreSQL", ({ databaseCores }) => figure(databaseCores)),
  ].join("\n");
}

function steps(report: Report): string {
  const { oneMachine, webTier, memory } = thresholds(report);
  const { cores, memoryGb, mailMs, mailsPerSecond, listWebMs } = report.figures;
  return `| of a machine like this one | is enough for | past it, add |
|---|---|---|
| ${cores} cores, for web and PostgreSQL together | ${number(oneMachine)} contracts | **web processes** on machines of their own, one for each core, behind a proxy: each core answers ${figure(1_000 / listWebMs)} bill lists a second |
| ${cores} cores, for PostgreSQL alone | ${number(webTier)} contracts | cores for PostgreSQL; then **Citus**, or shards of one's own, by \`contract_id\` |
| ${memoryGb} GiB, three quarters of it for what is in use all the time | ${number(memory)} contracts | memory; then **partitions** by \`company_id\`, and Citus as above: each node has its share |
| a **worker** | ${figure(mailsPerSecond)} mails a second, ${figure(mailMs)} ms of CPU each | workers, as soon as the provider takes more than that; all share one pace |
| PostgreSQL beside exports and reports | a tenth of its cores for them | a **read replica** for exports, reports and backups; pages, freezes and jobs ask the primary, since a customer must see what was just done |`;
}

function model(report: Report): string {
  return `${loads(report)}

All of it is derived: measured costs of the largest world, times contracts. Assumed: ${ASSUMED.electronic * 100} % of bills by e-mail,
${ASSUMED.comeWithinTheHour * 100} % of those told come within the hour and open ${ASSUMED.pages} pages, each as dear as the bill list, and ${ASSUMED.used * 100} % of a core may be busy.

${steps(report)}`;
}

/** The whole report, for \`report.md\` beside the pictures. */
export function reportMarkdown(report: Report): string {
  return `# What it costs

${heading(report)} Written by \`npm run bench\`; the programs that are the limits stand in this folder's parent.

## Against limits and peers

${ratios(report.rows)}

## As contracts grow

${pictures(report, "")}

## Bytes

${storageTable(report)}

## Memory of a web process

${memoryTable(report)}

## Cost model

${model(report)}
`;
}

/** What the README shows of it, between its marks; the rest is a link away. */
export function readmeSection(report: Report): string {
  const goals = report.rows.filter((row) => row.goal);
  return `${heading(report)}

${ratios(goals)}

${pictures(report, "tests/bench/figures/")}

${storageTable(report)}

${model(report)}

Everything that was measured: [report.md](tests/bench/figures/report.md), [report.json](tests/bench/figures/report.json).`;
}
