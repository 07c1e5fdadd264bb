import { sql } from "drizzle-orm";
import { SELF_READING_REFUSALS } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { oneOf, optional, rowReader, words } from "@/lib/imports/cells";
import { readCsv } from "@/lib/imports/csv";
import { FaultList } from "@/lib/imports/errors";
import { type Decision, recordDecisions } from "./record-decisions";

const CELLS = {
  receipt_code: words(20),
  decision: oneOf(["accepted", "refused"] as const),
  reason: optional(oneOf(SELF_READING_REFUSALS)),
};
const readRow = rowReader(CELLS);
const COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

interface DecidedLine extends Decision {
  line: number;
}

/**
 * Takes over what the back office decided about self-readings, from a CSV file (`receipt_code;decision;reason`): all of
 * it or, with a fault in any line, nothing. Each is decided once and told by one mail; the same decision again
 * changes nothing. Who told it and has no account any more is not written to (R7).
 * @throws {ImportRefusedError} with every fault of the file
 */
export async function decideSelfReadings(
  ctx: Context<SystemActor>,
  file: string,
): Promise<{ decided: number; unchanged: number }> {
  const faults = new FaultList(file);
  const decisions = await decisionsOf(file, faults);
  return await inTransaction(ctx, async (tx) => {
    const known = await tx.db.execute<{ code: string; state: string; refusal: string | null }>(sql`
      select r.receipt_code as code, r.state, r.refusal from self_readings r
      where r.receipt_code = any(${sql.param(decisions.map(({ code }) => code))}::text[])
      order by r.receipt_code
      for update`);
    const byCode = new Map(known.map((row) => [row.code, row]));
    for (const { line, code, state, refusal } of decisions) {
      const found = byCode.get(code);
      if (!found) {
        faults.add({ line, column: "receipt_code", reason: "no self-reading has this receipt" });
      } else if (
        found.state !== "submitted" &&
        (found.state !== state || found.refusal !== refusal)
      ) {
        faults.add({
          line,
          column: "decision",
          reason: `it was ${found.state} already; take the line out`,
        });
      }
    }
    faults.throwIfAny();
    const decided = await recordDecisions(tx, decisions);
    return { decided, unchanged: decisions.length - decided };
  });
}

async function decisionsOf(file: string, faults: FaultList): Promise<DecidedLine[]> {
  const decisions: DecidedLine[] = [];
  const seen = new Map<string, number>();
  for await (const rows of readCsv(file, COLUMNS, faults)) {
    for (const row of rows) {
      const cells = readRow(row, faults);
      if (!cells) {
        continue;
      }
      const { receipt_code: code, decision, reason } = cells;
      const earlier = seen.get(code);
      if (earlier !== undefined) {
        faults.add({
          line: row.line,
          column: "receipt_code",
          reason: `stands in line ${earlier} already`,
        });
      }
      seen.set(code, row.line);
      if ((decision === "refused") !== (reason !== null)) {
        faults.add({
          line: row.line,
          column: "reason",
          reason:
            decision === "refused"
              ? "is empty and must say why"
              : "must be empty; nothing was refused",
        });
      }
      decisions.push({ line: row.line, code, state: decision, refusal: reason });
    }
  }
  faults.throwIfAny();
  return decisions;
}
