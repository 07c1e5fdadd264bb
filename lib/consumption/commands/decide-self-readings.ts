import { sql } from "drizzle-orm";
import { SELF_READING_REFUSALS } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { actorId, type SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import type { Language } from "@/lib/i18n/languages";
import { oneOf, optional, rowReader, words } from "@/lib/imports/cells";
import { readCsv } from "@/lib/imports/csv";
import { FaultList } from "@/lib/imports/errors";
import { queueAccountMails } from "@/lib/mail/account-mails";

const CELLS = {
  receipt_code: words(20),
  decision: oneOf(["accepted", "refused"] as const),
  reason: optional(oneOf(SELF_READING_REFUSALS)),
};
const readRow = rowReader(CELLS);
const COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

interface Decision {
  line: number;
  code: string;
  state: "accepted" | "refused";
  refusal: (typeof SELF_READING_REFUSALS)[number] | null;
}

interface Decided {
  receiptCode: string;
  state: "accepted" | "refused";
  refusal: string | null;
  companyId: number;
  contractNumber: string;
  readOn: string;
  accountId: string;
  email: string | null;
  language: Language;
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
      select r.receipt_code as code, r.state, r.refusal
      from self_readings r join accounts a on a.id = r.account_id
      where r.receipt_code = any(${sql.param(decisions.map(({ code }) => code))}::text[])
      order by r.receipt_code
      -- An account that is being deleted is waited for, and then not written to (R7).
      for update of r for key share of a`);
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
    const decided = await tx.db.execute<Decided & Record<string, unknown>>(sql`
      update self_readings r set state = d.state, refusal = d.refusal,
        decided_at = clock_timestamp(), decided_by = ${actorId(tx.actor)}
      from json_to_recordset(${JSON.stringify(decisions)}::json) as d (code text, state text, refusal text),
        contracts c, accounts a
      where r.receipt_code = d.code and r.state = 'submitted'
        and c.company_id = r.company_id and c.id = r.contract_id and a.id = r.account_id
      returning r.receipt_code as "receiptCode", r.state, r.refusal, r.company_id as "companyId",
        c.contract_number as "contractNumber", r.read_on::text as "readOn", a.id as "accountId",
        case when a.deleted_at is null then a.email end as email, a.language`);
    await queueAccountMails(
      tx,
      decided.flatMap((one) =>
        one.email === null
          ? []
          : [
              {
                template: `self-reading-${one.state}` as const,
                companyId: one.companyId,
                accountId: one.accountId,
                toEmail: one.email,
                language: one.language,
                params: {
                  ...{ contractNumber: one.contractNumber, readOn: one.readOn },
                  ...{ receiptCode: one.receiptCode, why: one.refusal ?? "" },
                },
              },
            ],
      ),
    );
    if (decided.length > 0) {
      await recordAudit(tx, {
        action: "decided_self_readings",
        subjectKind: "self_readings",
        detail: {
          accepted: decided.filter(({ state }) => state === "accepted").length,
          refused: decided.filter(({ state }) => state === "refused").length,
        },
      });
    }
    return { decided: decided.length, unchanged: decisions.length - decided.length };
  });
}

async function decisionsOf(file: string, faults: FaultList): Promise<Decision[]> {
  const decisions: Decision[] = [];
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
