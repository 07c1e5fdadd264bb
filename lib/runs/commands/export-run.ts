import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, ok, type Result } from "@/lib/errors";
import { discountDifferences } from "../queries/discount-differences";
import { planRows } from "../queries/plan-rows";
import { printRows } from "../queries/print-list";
import { openRows } from "../queries/reconciliation";
import { findRun, type RunReference } from "../queries/run";
import { csvCell, euroCell, mayOperateRuns, type RunActor } from "../rules";

export const RUN_FILES = ["plan", "print-list", "reconciliation", "differences"] as const;
export type RunFile = (typeof RUN_FILES)[number];

export type ExportRunFailure = "forbidden" | "not_found" | "not_frozen";

export interface ExportedFile {
  name: string;
  /** Each with its line end; the first names the columns. No cell is a formula in a spreadsheet. */
  lines: AsyncIterable<string>;
}

/**
 * A file of a run for the billing system or the print house, written while it is read (R12). It
 * holds addresses, so it is audited, and support may not have it. Before the freeze there is none: an
 * empty plan would be read as one where nobody gets a bill.
 */
export async function exportRun(
  ctx: Context<RunActor>,
  reference: RunReference,
  file: RunFile,
): Promise<Result<ExportedFile, ExportRunFailure>> {
  if (!mayOperateRuns(ctx.actor)) {
    return fail("forbidden");
  }
  const run = await inTransaction(ctx, async (tx) => {
    const found = await findRun(tx, reference);
    if (found?.frozenAt) {
      await recordAudit(tx, {
        action: "exported_run_file",
        companyId: found.companyId,
        subjectKind: "run",
        subjectId: found.id,
        detail: { name: found.name, file },
      });
    }
    return found;
  });
  if (!run) {
    return fail("not_found");
  }
  return run.frozenAt
    ? ok({
        name: `${reference.company}-${run.name}-${file}.csv`,
        lines: linesOf(ctx, reference, file),
      })
    : fail("not_frozen");
}

async function* linesOf(
  ctx: Context<RunActor>,
  reference: RunReference,
  file: RunFile,
): AsyncGenerator<string> {
  for await (const cells of cellsOf(ctx, reference, file)) {
    yield `${cells.map((cell) => csvCell(cell ?? "")).join(";")}\n`;
  }
}

async function* cellsOf(
  ctx: Context<RunActor>,
  reference: RunReference,
  file: RunFile,
): AsyncGenerator<(string | null)[]> {
  switch (file) {
    case "plan":
      yield ["contract_number", "mode", "email", "reason", "discount_eur", "discount_basis"];
      for await (const row of planRows(ctx, reference)) {
        const { contractNumber, mode, email, reason, discountCents, discountBasis } = row;
        yield [contractNumber, mode, email, reason, euroCell(discountCents), discountBasis];
      }
      return;
    case "print-list":
      yield [
        "contract_number",
        "holder_name",
        "billing_address",
        "bill_number",
        "document",
        "reason",
      ];
      for await (const row of printRows(ctx, reference)) {
        const { contractNumber, holderName, billingAddress, billNumber, document, reason } = row;
        yield [contractNumber, holderName, billingAddress, billNumber, document, reason];
      }
      return;
    case "reconciliation":
      yield ["contract_number", "bill_number", "reason"];
      for await (const { contractNumber, billNumber, reason } of openRows(ctx, reference)) {
        yield [contractNumber, billNumber, reason];
      }
      return;
    case "differences":
      yield [
        "contract_number",
        "bill_number",
        "difference",
        "discount_eur",
        "planned_eur",
        "basis",
      ];
      for await (const row of discountDifferences(ctx, reference)) {
        const { contractNumber, billNumber, kind, discountCents, plannedCents, basis } = row;
        const cents = [euroCell(discountCents), euroCell(plannedCents)];
        yield [contractNumber, billNumber, kind, ...cents, basis];
      }
  }
}
