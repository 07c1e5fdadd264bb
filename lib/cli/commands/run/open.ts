import { type Command, InvalidArgumentError } from "commander";
import { RefusalError } from "@/lib/errors";
import { type OpenRunFailure, openRun } from "@/lib/runs/commands/open-run";
import { parseCutOff } from "@/lib/runs/rules";
import { actingAs } from "../../acting";
import { companyMeant, type Operator, operate } from "../../operator";
import { AS_OPTION, forMachines, inWords } from "./step";

interface OpenOptions {
  company?: string;
  cutOff?: Date;
  name?: string;
  as?: string;
}

/** Adds `run open`. */
export function addOpenCommand(group: Command): void {
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
    .option(...AS_OPTION)
    .action(async (options: OpenOptions, command: Command) => {
      await operate(command, async (operator) => await open(operator, options));
    });
}

function cutOff(text: string): Date {
  const at = text === "now" ? new Date() : parseCutOff(text);
  if (at === null) {
    throw new InvalidArgumentError(
      "It must be a time such as 2026-12-15T18:00 (Rome), or now; where clocks change, with its zone: 2026-10-25T02:30+02:00.",
    );
  }
  return at;
}

async function open(operator: Operator, options: OpenOptions): Promise<void> {
  const company = await companyMeant(operator, options);
  const { ctx } = await actingAs(operator, options.as);
  const { cutOff: cutOffAt, name } = options;
  const opened = await openRun(ctx, { company, cutOffAt, name });
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
  const { already } = run;
  operator.answer({ company, run: forMachines(run), already }, [
    already
      ? `Run ${run.name} of ${company} stands in the calendar; its cut-off is ${inWords(run.cutOffAt)}.`
      : `Opened run ${run.name} of ${company}; its cut-off is ${inWords(run.cutOffAt)}.`,
  ]);
}
