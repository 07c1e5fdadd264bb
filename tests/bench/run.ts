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
import { print, type Row } from "./report";
import { benchSend } from "./send";
import { benchWebhooks } from "./webhooks";

/** `npm run bench -- [NAME] [--quick] [--json]`: ours against a named limit, as ratios of one run. */
const BENCHES: Record<string, (quick: boolean) => Promise<Row[]>> = {
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

const args = process.argv.slice(2);
const flags = new Set(args.filter((arg) => arg.startsWith("--")));
const names = args.filter((arg) => !arg.startsWith("--"));
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `No bench is called ${unknown.join(", ")}; there is: ${Object.keys(BENCHES).join(", ")}.`,
  );
  process.exit(2);
}
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length === 0 || names.includes(name)) {
    rows.push(...(await bench(flags.has("--quick"))));
  }
}
print(rows, flags.has("--json"));
process.exit(0);
