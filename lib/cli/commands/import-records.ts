import { Readable } from "node:stream";
import type { Command } from "commander";
import { RefusalError } from "@/lib/errors";
import { applyChecked, cancelImport } from "@/lib/imports/commands/decide-import";
import { type RevertFailure, revertImport } from "@/lib/imports/commands/revert-import";
import { runImport } from "@/lib/imports/commands/run-import";
import {
  faultLines,
  getImport,
  type ImportSummary,
  listImports,
  listWaitingInvoices,
} from "@/lib/imports/queries";
import { formatInstant } from "@/lib/time";
import { counted } from "../counted";
import { type Operator, operate } from "../operator";
import { showProgress } from "../progress";
import { toScreen, writeWhole } from "../whole-file";

type Work = (
  operator: Operator,
  id: string,
  options: { company?: string; output?: string },
) => Promise<void>;

/** Adds `import list|waiting|status|errors|resume|apply|cancel|revert` to the group. */
export function addImportRecordCommands(group: Command): void {
  const add = (name: string, description: string, work: Work) =>
    group
      .command(name)
      .description(description)
      .argument("<id>", "of the import; import list shows them")
      .action(async (id: string, options: { output?: string }, command: Command) => {
        await operate(command, async (operator) => await work(operator, requireId(id), options));
      });
  group
    .command("list")
    .description("the last imports: what became of them")
    .option("--company <slug>", "of this company only")
    .action(async (options: { company?: string }, command: Command) => {
      await operate(command, async (operator) => {
        const found = await listImports(operator.ctx, options);
        operator.answer({ imports: found.map(forMachines) }, found.map(inOneLine));
      });
    });
  group
    .command("waiting")
    .description("e-invoices for which no contract was found; import them again once there is one")
    .option("--company <slug>", "of this company only")
    .action(async (options: { company?: string }, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const invoices = await listWaitingInvoices(ctx, options);
        answer(
          { invoices },
          invoices.length > 0
            ? invoices.map(
                ({ company, billNumber, fileName, issueDate, reason, named }) =>
                  `${company} ${billNumber} of ${issueDate} (${fileName}): ${WAITS[reason]}; it names ${[...named.points, ...named.codes, ...named.contracts].join(", ") || "nothing"}`,
              )
            : ["No e-invoice waits."],
        );
      });
    });
  add("status", "how far an import is", async ({ ctx, answer }, id) => {
    const found = await getImport(ctx, id);
    answer({ import: forMachines(found) }, [inOneLine(found)]);
  });
  add("errors", "what is wrong with a file, with its rows, as CSV", writeErrors).option(
    "--output <file>",
    "write to this file instead of the screen",
  );
  add("resume", "goes on with an import that was interrupted", resume);
  add("apply", "applies an upload that was only checked so far", async (operator, id) => {
    const applied = await applyChecked(operator.ctx, id);
    if (!applied.ok) {
      throw new RefusalError(
        applied.code === "no_file"
          ? "Its file is not kept here; import it again without --dry-run."
          : "Only what was checked, and no more, can be applied; see import status.",
      );
    }
    await resume(operator, id);
  });
  add("cancel", "gives an import up; what was applied of it stays", async ({ ctx, answer }, id) => {
    const cancelled = await cancelImport(ctx, id);
    if (!cancelled.ok) {
      throw new RefusalError("It has come to its end already; see import status.");
    }
    const { applied } = cancelled.value;
    answer({ id, applied }, [`Cancelled; ${applied} of its rows had been applied and stay.`]);
  });
  add("revert", "takes unpublished bills of a run back", async ({ ctx, answer }, id) => {
    const reverted = await revertImport(ctx, id);
    if (!reverted.ok) {
      throw new RefusalError(NOT_REVERTED[reverted.code]);
    }
    const { removed, restored } = reverted.value;
    answer({ id, removed, restored }, [
      `Reverted: ${counted(removed, "bill")} removed, ${restored} as they were before.`,
    ]);
  });
}

const WAITS = {
  no_contract: "no contract is what it names",
  several: "several contracts are what it names",
  other_holder: "the contract that it names has another tax id",
  no_buyer: "it names neither a tax id nor a supply point or customer code of one contract",
} as const;

const NOT_REVERTED: Record<RevertFailure, string> = {
  not_bills: "Only bills can be reverted; import a corrected file instead.",
  not_a_run: "Its bills are visible already; take wrong ones back with: run withdraw.",
  published: "Its run is published; take wrong bills back with: run withdraw.",
  imported_over: "A later import changed the same bills; revert that one first.",
  reverted: "It was reverted before.",
  under_way: "It is still being checked; cancel it instead.",
};

async function resume({ ctx, json, answer }: Operator, id: string): Promise<void> {
  const { fileName } = await getImport(ctx, id);
  const bar = showProgress(fileName, 0, json);
  try {
    const outcome = await runImport(ctx, { importId: id, onProgress: bar.onProgress });
    const found = await getImport(ctx, id);
    answer({ import: forMachines(found), resumed: outcome !== null }, [inOneLine(found)]);
  } finally {
    bar.stop();
  }
}

async function writeErrors(
  { ctx, json, answer }: Operator,
  id: string,
  { output }: { output?: string },
): Promise<void> {
  const { faults } = await getImport(ctx, id);
  const lines = Readable.from(faultLines(ctx, id));
  if (output !== undefined) {
    await writeWhole(output, lines);
    answer({ id, faults, output }, [`Wrote the errors of the import to ${output}.`]);
  } else if (json) {
    answer({ id, faults }, []);
  } else {
    await toScreen(lines);
  }
}

function requireId(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw new RefusalError("An import's id looks like 01a21b45-4620-767e-be47-62580115de22.");
  }
  return id;
}

function forMachines(one: ImportSummary) {
  const { companyId: _, companyName: __, path: ___, storageKey: ____, ...rest } = one;
  return rest;
}

function inOneLine(one: ImportSummary): string {
  const { id, kind, company, fileName, state, rows, added, changed, applied, faults } = one;
  const at = formatInstant(one.importedAt, "en");
  const what =
    state === "failed"
      ? `${counted(faults, "fault")}${one.failure ? `: ${one.failure}` : ""}`
      : state === "applying" || state === "cancelled"
        ? `${applied} of ${added + changed} applied`
        : `${counted(rows, "row")}, ${added} added, ${changed} changed`;
  return `${id}  ${at}  ${company} ${kind} ${fileName}: ${one.revertedAt ? "reverted" : state}, ${what}`;
}
