import { startEmbedded } from "@/db/embedded/launcher";
import { makeTestPrograms } from "../setup/test-programs";
import type { DatabaseUrls } from "../setup/urls";
import { freezeAtOnce, publishAtOnce } from "./at-once";
import { choicesRace } from "./choices-race";
import { enumeration } from "./enumeration";
import { type Fault, type FaultRow, passed } from "./fault";
import { freshDatabase } from "./fresh-database";
import { guesses } from "./guesses";
import { hostileFiles } from "./hostile-files";
import { importAgain } from "./import-again";
import { importAtOnce } from "./import-at-once";
import { importCrashed } from "./import-crashed";
import { importKilled } from "./import-killed";
import { freezeKilled, publishKilled } from "./killed";
import { logins } from "./logins";
import { sendKilled } from "./send-killed";
import {
  send429,
  send500,
  sendBroken,
  sendHang,
  sendLimit,
  sendOutage6h,
  sendOutage30h,
  sendPaused,
  sendPoisoned,
  sendReset,
} from "./send-provider";
import { sendRestarts } from "./send-restarts";
import { sendClock, sendFrozen, sendResume, sendSigterm } from "./send-workers";

import { webhookHistories } from "./webhook-histories";
import { webhooks } from "./webhooks";
import { wholeClock } from "./whole-clock";
import { wholeDiskFull } from "./whole-disk";
import { wholeKilled } from "./whole-killed";
import { wholeHalfOpen, wholeSlowDatabase } from "./whole-network";
import { wholePool } from "./whole-pool";

/** `npm run faults -- [NAME] [--quick] [--seed N]`: what must never happen, tried many times. */
const FAULTS: Record<string, Fault> = {
  "choices-race": choicesRace,
  "freeze-at-once": freezeAtOnce,
  "publish-at-once": publishAtOnce,
  "freeze-killed": freezeKilled,
  "publish-killed": publishKilled,
  "send-killed": sendKilled,
  "send-resume": sendResume,
  "send-clock": sendClock,
  "send-frozen": sendFrozen,
  "send-sigterm": sendSigterm,
  "send-restarts": sendRestarts,
  "send-429": send429,
  "send-500": send500,
  "send-hang": sendHang,
  "send-reset": sendReset,
  "send-broken": sendBroken,
  "send-poisoned": sendPoisoned,
  "send-limit": sendLimit,
  "send-paused": sendPaused,
  "send-outage-6h": sendOutage6h,
  "send-outage-30h": sendOutage30h,
  "webhook-histories": webhookHistories,
  webhooks,
  "import-killed": importKilled,
  "import-crashed": importCrashed,
  "import-at-once": importAtOnce,
  "import-again": importAgain,
  "hostile-files": hostileFiles,
  logins,
  guesses,
  enumeration,
  "whole-pool": wholePool,
  "whole-slow-database": wholeSlowDatabase,
  "whole-half-open": wholeHalfOpen,
  "whole-disk-full": wholeDiskFull,
  "whole-clock": wholeClock,
  "whole-killed": wholeKilled,
};

/** Never a database of somebody's: nothing of these is read from the shell. */
Object.assign(process.env, {
  DATABASE_URL: "postgres://nobody:nothing@127.0.0.1:1/none",
  APP_URL: "http://localhost:3000",
  AUTH_SECRET: "only for faults only for faults only for faults",
  RESEND_API_KEY: "re_faults",
  RESEND_BASE_URL: "http://127.0.0.1:9",
  RESEND_WEBHOOK_SECRET: "whsec_dGVzdCBvbmx5IHRlc3Qgb25seSB0ZXN0IG9ubHk=",
  STORAGE_URL: "file:.sportello-faults/storage",
  LOG_LEVEL: "silent",
});

interface Wish {
  names: string[];
  quick: boolean;
  seed: number;
}

function wishOf(args: string[]): Wish {
  const at = args.indexOf("--seed");
  const seed = at < 0 ? Math.floor(Math.random() * 1e9) : Number(args[at + 1]);
  const rest = args.filter((_, place) => at < 0 || (place !== at && place !== at + 1));
  const names = rest.filter((arg) => !arg.startsWith("--"));
  const strange = [
    ...names.filter((name) => !(name in FAULTS)),
    ...rest.filter((arg) => arg.startsWith("--") && arg !== "--quick"),
  ];
  if (strange.length > 0 || !Number.isSafeInteger(seed)) {
    console.error(
      `Say faults -- [NAME] [--quick] [--seed N]; the names are ${Object.keys(FAULTS).join(", ")}.`,
    );
    process.exit(2);
  }
  return {
    names: names.length > 0 ? names : Object.keys(FAULTS),
    quick: rest.length > names.length,
    seed,
  };
}

async function tryOut(
  name: string,
  server: DatabaseUrls,
  { quick, seed }: Wish,
): Promise<FaultRow> {
  try {
    const urls = await freshDatabase(server, `fault_${name.replaceAll("-", "_")}`);
    return await (FAULTS[name] as Fault)({ urls, quick, seed });
  } catch (error) {
    const wrong = [error instanceof Error ? error.message : String(error)];
    return { name, tries: 0, lost: 0, doubled: 0, wrong, met: "broke off" };
  }
}

const wish = wishOf(process.argv.slice(2));
await makeTestPrograms(".sportello-faults/programs");
const server = await startEmbedded(".sportello-faults/data", { throwAway: true });
const rows: FaultRow[] = [];
try {
  console.log(`seed ${wish.seed}\n\nfault                     tries   lost  doubled  seconds`);
  for (const name of wish.names) {
    const start = performance.now();
    const row = await tryOut(name, server, wish);
    rows.push(row);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const figures = [`${row.tries}`.padEnd(8), `${row.lost}`.padEnd(6), `${row.doubled}`.padEnd(9)];
    console.log(`${name.padEnd(26)}${figures.join("")}${seconds.padEnd(9)}${row.met}`);
    for (const sentence of row.wrong.slice(0, 10)) {
      console.log(`    ${sentence}`);
    }
  }
} finally {
  await server.release();
}
const fine = rows.filter(passed).length;
console.log(`\n${fine} passed, ${rows.length - fine} failed`);
process.exit(fine === rows.length ? 0 : 1);
