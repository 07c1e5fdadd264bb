import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, InvalidArgumentError } from "commander";
import { RefusalError } from "@/lib/errors";
import { type FreezeRunFailure, freezeRun } from "@/lib/runs/commands/freeze-run";
import { type OpenRunFailure, openRun } from "@/lib/runs/commands/open-run";
import { type PublishRunFailure, publishRun } from "@/lib/runs/commands/publish-run";
import { listRuns, planRows, type Run, type RunReference, runStatus } from "@/lib/runs/queries";
import { csvCell, euroCell, parseCutOff } from "@/lib/runs/rules";
import { formatInstant } from "@/lib/time";
import { companyMeant, type Operator, operate } from "../operator";

interface RunOptions {
  company?: string;
  run?: string;
  name?: string;
  cutOff?: Date;
  output?: string;
}

/** Adds `run open|freeze|plan|publish|status`. */
export function addRunCommands(program: Command): void {
  const group = program
    .command("run")
    .description("invoicing runs: open, freeze the delivery plan, publish the bills");
  const add = (
    name: string,
    description: string,
    work: (operator: Operator, reference: RunReference, options: RunOptions) => Promise<void>,
  ) =>
    group
      .command(name)
      .description(description)
      .argument("[run]", "the run's name or id")
      .option("--run <run>", "the same as the argument")
      .option("--company <slug>", "may be left out when there is one company only")
      .action(async (run: string | undefined, options: RunOptions, command: Command) => {
        await operate(command, async (operator) => {
          const company = await companyMeant(operator, options);
          await work(operator, { company, run: run ?? options.run ?? "" }, options);
        });
      });
  group
    .command("open")
    .description("open a run; its cut-off is the company's next one unless told")
    .option("--company <slug>", "may be left out when there is one company only")
    .option(
      "--cut-off <time>",
      "2026-12-15T18:00 on Rome's clock, an instant with zone, or now",
      cutOff,
    )
    .option("--name <name>", "else the cut-off's month, 2026-12")
    .action(async (options: RunOptions, command: Command) => {
      await operate(command, async (operator) => await open(operator, options));
    });
  add("freeze", "freeze the delivery plan; not before the cut-off", freeze);
  add("plan", "the frozen plan as CSV: who gets paper, who e-mail and its discount", plan).option(
    "--output <file>",
    "write to this file instead of the screen",
  );
  add("publish", "make the run's bills visible and send them", publish);
  add("status", "where a run stands; without a run, all runs", status);
}

function cutOff(text: string): Date {
  const at = text === "now" ? new Date() : parseCutOff(text);
  if (at === null) {
    throw new InvalidArgumentError("It must be a time such as 2026-12-15T18:00 (Rome), or now.");
  }
  return at;
}

const inWords = (at: Date) => `${formatInstant(at, "en")} (Rome)`;

function named({ run, company }: RunReference): void {
  if (run === "") {
    throw new RefusalError(`Say which run of ${company}; "run status" lists them.`);
  }
}

const forMachines = ({ id, name, state, cutOffAt }: Run) => ({ id, name, state, cutOffAt });

async function open(operator: Operator, options: RunOptions): Promise<void> {
  const company = await companyMeant(operator, options);
  const { cutOff: cutOffAt, name } = options;
  const opened = await openRun(operator.ctx, { company, cutOffAt, name });
  if (!opened.ok) {
    const sentences: Record<OpenRunFailure, string> = {
      wrong_name:
        "A run's name has letters, digits, dots and dashes, 40 at most; say it with --name.",
      name_taken: `${company} has a run of that name already; say another with --name.`,
      cut_off_taken: `${company} has a run with that cut-off already; "run status" lists them.`,
    };
    throw new RefusalError(sentences[opened.code]);
  }
  const run = opened.value;
  operator.answer({ company, run: forMachines(run) }, [
    `Opened run ${run.name} of ${company}; its cut-off is ${inWords(run.cutOffAt)}.`,
  ]);
}

async function freeze(operator: Operator, reference: RunReference): Promise<void> {
  named(reference);
  const frozen = await freezeRun(operator.ctx, reference);
  if (!frozen.ok) {
    const { name, cutOffAt } = await runStatus(operator.ctx, reference);
    const sentences: Record<FreezeRunFailure, string> = {
      before_cut_off: `Run ${name} cannot be frozen before its cut-off, ${inWords(cutOffAt)}.`,
      cancelled: `Run ${name} was cancelled and cannot be frozen.`,
    };
    throw new RefusalError(sentences[frozen.code]);
  }
  const { run, electronic, paper, already } = frozen.value;
  operator.answer(
    { company: reference.company, run: forMachines(run), electronic, paper, already },
    [
      `Run ${run.name} ${already ? "was frozen before" : "is frozen"}: ` +
        `${electronic} electronic, ${paper} on paper.`,
    ],
  );
}

async function publish(operator: Operator, reference: RunReference): Promise<void> {
  named(reference);
  const published = await publishRun(operator.ctx, reference);
  if (!published.ok) {
    const { name } = await runStatus(operator.ctx, reference);
    const sentences: Record<PublishRunFailure, string> = {
      not_frozen: `Run ${name} is not frozen yet; freeze it and import its bills first.`,
      no_documents: `Run ${name} has no bills yet; import them with: import bills --run ${name}.`,
      cancelled: `Run ${name} was cancelled and cannot be published.`,
    };
    throw new RefusalError(sentences[published.code]);
  }
  const { run, documents, electronic, paper, already } = published.value;
  operator.answer(
    { company: reference.company, run: forMachines(run), documents, electronic, paper, already },
    [
      `Run ${run.name} ${already ? "was already published; nothing was sent again" : "is published"}: ` +
        `${documents} documents, ${electronic} by e-mail, ${paper} on paper.`,
    ],
  );
}

async function plan(
  operator: Operator,
  reference: RunReference,
  { output }: RunOptions,
): Promise<void> {
  named(reference);
  const { name, state } = await runStatus(operator.ctx, reference);
  if (state === "scheduled") {
    throw new RefusalError(`Run ${name} has no plan yet; freeze it first.`);
  }
  const lines = Readable.from(planLines(operator, reference));
  if (output === undefined) {
    await pipeline(lines, process.stdout, { end: false }).catch((error: unknown) => {
      // Whoever reads us has read enough (`| head`).
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") {
        throw error;
      }
    });
    return;
  }
  // Complete or not there: the print house must not find half a plan. It holds e-mail addresses.
  const unfinished = `${output}.unfinished`;
  try {
    await pipeline(lines, createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, output);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  operator.answer({ company: reference.company, run: name, output }, [`Wrote ${output}.`]);
}

async function* planLines(operator: Operator, reference: RunReference): AsyncGenerator<string> {
  if (!operator.json) {
    yield "contract_number;mode;email;reason;discount_eur;discount_basis\n";
  }
  for await (const row of planRows(operator.ctx, reference)) {
    const { contractNumber, mode, email, reason, discountCents, discountBasis } = row;
    const cells = [
      contractNumber,
      mode,
      email ?? "",
      reason,
      euroCell(discountCents),
      discountBasis ?? "",
    ];
    yield operator.json ? `${JSON.stringify(row)}\n` : `${cells.map(csvCell).join(";")}\n`;
  }
}

async function status(operator: Operator, reference: RunReference): Promise<void> {
  const { company } = reference;
  if (reference.run === "") {
    const runs = await listRuns(operator.ctx, company);
    operator.answer(
      { company, runs: runs.map(forMachines) },
      runs.length === 0
        ? [`${company} has no runs yet.`]
        : runs.map(
            ({ name, state, cutOffAt }) => `${name}: ${state}, cut-off ${inWords(cutOffAt)}`,
          ),
    );
    return;
  }
  const { plan: modes, documents, dispatches, ...run } = await runStatus(operator.ctx, reference);
  const sent = Object.entries(dispatches).map(([state, rows]) => `${rows} ${state}`);
  operator.answer({ company, run: forMachines(run), plan: modes, documents, dispatches }, [
    `Run ${run.name} of ${company}: ${run.state}; cut-off ${inWords(run.cutOffAt)}`,
    `plan: ${modes.electronic} electronic, ${modes.paper} on paper`,
    `documents: ${documents.imported} imported, ${documents.published} published`,
    `dispatches: ${sent.join(", ") || "none"}`,
  ]);
}
