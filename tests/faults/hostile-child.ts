import { existsSync, writeFileSync } from "node:fs";
import { connect } from "@/db/client";
import type { SystemActor } from "@/lib/auth/actor";
import { describeFailure } from "@/lib/cli/failure";
import { openKind } from "@/lib/imports/commands/open-kind";
import { takeOver } from "@/lib/imports/commands/take-over";
import type { ImportOutcome } from "@/lib/imports/kind";
import type { ImportOrder } from "./import-child";
import { peakMb } from "./import-memory";

export interface HostileAnswer {
  /** What it did, or the lines that the command line would show. */
  outcome?: ImportOutcome;
  lines?: string[];
  /** The most memory the process had meanwhile. */
  peakMb: number;
}

const ACTOR: SystemActor = { kind: "system", name: "faults" };
const CLEAR = "/proc/self/clear_refs";

/** Imports one file after the other, as they are asked for, and tells what came of each. */
async function main(): Promise<void> {
  const worker = connect(process.argv[2] ?? "", { max: 3, name: "hostile" });
  await worker.db.execute("select 1");
  process.on("message", async (order: ImportOrder) => {
    if (existsSync(CLEAR)) {
      // The peak begins anew.
      writeFileSync(CLEAR, "5");
    }
    const answer = await importOne(order);
    process.send?.({ ...answer, peakMb: peakMb() });
  });
  process.once("disconnect", () => process.exit(0));
  process.send?.("ready");

  async function importOne(order: ImportOrder): Promise<Omit<HostileAnswer, "peakMb">> {
    try {
      const { kind, input } = openKind(order.kind, { target: "archive", ...order.options }, order);
      return { outcome: await takeOver({ db: worker.db, actor: ACTOR }, kind, input) };
    } catch (error) {
      return { lines: describeFailure(error).lines };
    }
  }
}

await main();
