import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { RefusalError } from "@/lib/errors";
import type { BillTarget } from "@/lib/imports/commands/bill-target";
import { importBillLines } from "@/lib/imports/commands/import-bill-lines";
import { importBills } from "@/lib/imports/commands/import-bills";
import {
  CHOICE_SOURCES,
  type ChoiceSource,
  importChoices,
} from "@/lib/imports/commands/import-choices";
import { importContracts } from "@/lib/imports/commands/import-contracts";
import { importEInvoices } from "@/lib/imports/commands/import-e-invoices";
import { importReadings } from "@/lib/imports/commands/import-readings";
import type { ImportOutcome, ImportProgress } from "@/lib/imports/kind";
import { counted } from "../counted";
import { lowerPriority } from "../low-priority";
import { companyMeant, type Operator, operate } from "../operator";
import { fileProgress } from "../progress";
import { callTick } from "../tick";
import { addImportRecordCommands } from "./import-records";

interface ImportOptions {
  company?: string;
  dryRun?: boolean;
  run?: string;
  single?: boolean;
  archive?: boolean;
  documents?: string;
  contract?: string;
  layout?: string;
  origin?: ChoiceSource;
  schema?: string;
}

/** Imports one file; `totals` are a readings file's base units by contract. */
type ImportOne = (input: {
  company: string;
  file: string;
  dryRun: boolean;
  onReceived?: (importId: string) => void;
  onProgress?: ImportProgress;
}) => Promise<ImportOutcome & { totals?: Record<string, number> }>;

/** Adds `import contracts|choices|bills|bill-lines|e-invoices|readings`, and what is done with imports. */
export function addImportCommands(program: Command): void {
  const group = program
    .command("import")
    .description("take over files of the billing system; a file is taken whole or not at all");
  const add = (
    name: string,
    description: string,
    importer: (operator: Operator, options: ImportOptions) => ImportOne,
  ) =>
    group
      .command(name)
      .description(description)
      .argument("<files...>", "files; CSV is UTF-8, separated by ;")
      .option("--company <slug>", "may be left out when there is one company only")
      .option("--dry-run", "check everything and change nothing")
      .action(async (files: string[], options: ImportOptions, command: Command) => {
        lowerPriority();
        await operate(command, async (operator) => {
          await importFiles(operator, name, files, options, importer(operator, options));
        });
      });
  add(
    "contracts",
    "contracts with their holders and mandates",
    ({ ctx }) =>
      (input) =>
        importContracts(ctx, input),
  );
  add(
    "choices",
    "how customers chose to get their bills before this portal, dated",
    ({ ctx }, { origin = "portal" }) =>
      (input) =>
        importChoices(ctx, { ...input, origin }),
  ).addOption(
    new Option("--origin <where>", "where they were made; portal if left out").choices(
      CHOICE_SOURCES,
    ),
  );
  add(
    "bills",
    "bills with their PDFs, into a run, one by one, or as archive",
    ({ ctx }, options) => {
      const target = targetOf(options);
      return (input) => importBills(ctx, { ...input, target, documents: options.documents });
    },
  )
    .option("--run <name>", "into this frozen run: published with it")
    .option("--single", "published at once, in the mode of their issue date")
    .option("--archive", "past bills: visible, never sent")
    .option("--documents <path>", "a folder or ZIP file with the PDFs of the column document");
  add(
    "bill-lines",
    "the lines of bills",
    ({ ctx }) =>
      (input) =>
        importBillLines(ctx, input),
  );
  add(
    "e-invoices",
    "e-invoices (FatturaPA): single XML files, folders or ZIP files of them",
    ({ ctx }, options) => {
      const target = targetOf(options);
      return (input) => importEInvoices(ctx, { ...input, target, schema: options.schema });
    },
  )
    .option("--run <name>", "into this frozen run: published with it")
    .option("--single", "published at once, in the mode of their issue date")
    .option("--archive", "past bills: visible, never sent")
    .option("--schema <xsd>", "check every file against the agency's schema first");
  add(
    "readings",
    "intervals of consumption",
    ({ ctx }, { contract, layout }) =>
      (input) =>
        importReadings(ctx, { ...input, contractNumber: contract, layout }),
  )
    .option("--contract <number>", "whose they are, where the file does not say", notEmpty)
    .option(
      "--layout <profile>",
      "how the file is written: a shipped layout, or a JSON file that declares one; else the header tells",
    );
  addImportRecordCommands(group);
}

function notEmpty(text: string): string {
  if (text.trim() === "") {
    throw new InvalidArgumentError("It must not be empty.");
  }
  return text;
}

function targetOf({ run, single, archive }: ImportOptions): BillTarget {
  const named = [run !== undefined, single, archive].filter(Boolean).length;
  if (named !== 1) {
    throw new RefusalError("Say where the bills go: one of --run NAME, --single and --archive.");
  }
  if (run !== undefined) {
    return { kind: "run", run };
  }
  return { kind: single ? "single" : "archive" };
}

async function importFiles(
  operator: Operator,
  kind: string,
  files: string[],
  options: ImportOptions,
  importOne: ImportOne,
): Promise<void> {
  const company = await companyMeant(operator, options);
  const dryRun = options.dryRun === true;
  // With several files all are checked first, so that a fault in the last changes nothing either.
  if (files.length > 1 && !dryRun) {
    for (const file of files) {
      await importOne({ company, file, dryRun: true });
    }
  }
  const done: ({ id?: string; file: string } & ImportOutcome)[] = [];
  const totals: Record<string, number> = {};
  for (const file of files) {
    const name = path.basename(file);
    const bar = await fileProgress(file, name, operator.json);
    try {
      let id: string | undefined;
      const { rows, added, changed, unchanged, ...more } = await importOne({
        company,
        file,
        dryRun,
        onReceived: (importId) => {
          id = importId;
        },
        onProgress: bar.onProgress,
      });
      done.push({ id, file: name, rows, added, changed, unchanged });
      for (const [contract, units] of Object.entries(more.totals ?? {})) {
        totals[contract] = (totals[contract] ?? 0) + units;
      }
    } finally {
      bar.stop();
    }
  }
  const withTotals = kind === "readings" ? { totals } : {};
  const sent = options.single && !dryRun && done.some(({ added }) => added > 0);
  const unreached = sent ? await callTick(operator) : null;
  operator.answer({ kind, company, dryRun, files: done, ...withTotals }, [
    ...done.map(
      ({ file, rows, added, changed, unchanged }) =>
        `${file}: ${counted(rows, "row")}: ${added} added, ${changed} changed, ${unchanged} unchanged` +
        (dryRun ? " (dry run, nothing was changed)" : ""),
    ),
    ...Object.entries(totals).map(([contract, units]) => `${contract}: ${units} base units`),
    ...(unreached ? [unreached] : []),
  ]);
}
