import { parseArgs } from "node:util";
import { makeTestPrograms } from "../setup/test-programs";
import { benchConsumption } from "./consumption";
import { benchFreeze } from "./freeze";
import { benchImportBills } from "./import-bills";
import { benchImportEInvoices } from "./import-e-invoices";
import { benchImportList } from "./import-list";
import { benchImportReadings } from "./import-readings";
import { benchList } from "./list";
import { benchLogins } from "./logins";
import { benchPanel } from "./panel";
import { benchPublish } from "./publish";
import { type BenchOptions, print, type Row } from "./report";
import { benchMemory } from "./report/memory";
import { runReport } from "./report/run";
import { rewriteReport } from "./report/write";
import { benchSend } from "./send";
import { benchWebhooks } from "./webhooks";

type Bench = (quick: boolean, options?: BenchOptions) => Promise<Row[]>;

/**
 * `npm run bench -- [NAME…] [--quick] [--json] [--requests N] [--built]`: ours against a named limit, as ratios of one
 * run. Without a name the report; each of the others looks at one thing more closely.
 */
const BENCHES: Record<string, Bench> = {
  report: runReport,
  // The last report once more, where only its words or pictures have changed.
  async render() {
    rewriteReport((report) => report);
    return [];
  },
  memory: benchMemory,
  list: benchList,
  freeze: benchFreeze,
  publish: benchPublish,
  panel: benchPanel,
  send: benchSend,
  webhooks: benchWebhooks,
  logins: benchLogins,
  consumption: benchConsumption,
  "import-bills": benchImportBills,
  "import-readings": benchImportReadings,
  "import-e-invoices": benchImportEInvoices,
  "import-list": benchImportList,
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    requests: { type: "string" },
    built: { type: "boolean", default: false },
  },
});
const names = positionals.length > 0 ? positionals : ["report"];
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `No bench is called ${unknown.join(", ")}; there is: ${Object.keys(BENCHES).join(", ")}.`,
  );
  process.exit(2);
}
// As in production: compiled, not read by tsx.
await makeTestPrograms(".sportello-bench/programs");
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.includes(name)) {
    const requests = flags.requests ? Number(flags.requests) : undefined;
    rows.push(...(await bench(flags.quick, { requests, built: flags.built })));
  }
}
print(rows, flags.json);
process.exit(0);
