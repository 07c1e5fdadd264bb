import type { Command } from "commander";
import type { Context } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import type { Run, RunReference } from "@/lib/runs/queries/run";
import type { RunActor } from "@/lib/runs/rules";
import { formatInstant } from "@/lib/time";
import { actingAs } from "../../acting";
import { companyMeant, type Operator, operate } from "../../operator";

/** Somebody at the shell, by their login or as a member of staff (`--as`). */
export interface RunOperator extends Omit<Operator, "ctx"> {
  ctx: Context<RunActor>;
}

export interface StepOptions {
  company?: string;
  run?: string;
  as?: string;
}

/** What a step does; `run` is empty when none was named. */
type StepWork<Options> = (
  operator: RunOperator,
  reference: RunReference,
  options: Options,
) => Promise<void>;

/** Adds a command about one run to the group, with the options that all of them have. */
export type AddStep = <Options extends StepOptions>(
  name: string,
  description: string,
  work: StepWork<Options>,
) => Command;

/** Who is asked for a password, and whose name stands in the audit log. */
export const AS_OPTION = [
  "--as <email>",
  "act as this member of staff: asks for password and code, or reads them from standard input, a line each",
] as const;

/** The way commands are added to `run`. */
export function stepsOf(group: Command): AddStep {
  return (name, description, work) =>
    group
      .command(name)
      .description(description)
      .argument("[run]", "the run's name or id")
      .option("--run <run>", "the same as the argument")
      .option("--company <slug>", "may be left out when there is one company only")
      .option(...AS_OPTION)
      .action(
        async (run: string | undefined, options: Parameters<typeof work>[2], command: Command) => {
          await operate(command, async (operator) => {
            const company = await companyMeant(operator, options);
            const acting = await actingAs(operator, options.as);
            await work(acting, { company, run: run ?? options.run ?? "" }, options);
          });
        },
      );
}

/** @throws {RefusalError} when no run was named */
export function requireNamed({ run, company }: RunReference): void {
  if (run === "") {
    throw new RefusalError(`Say which run of ${company}; "run status" lists them.`);
  }
}

/** An instant as operators read it. */
export const inWords = (at: Date) => `${formatInstant(at, "en")} (Rome)`;

/** A run as machines get it. */
export const forMachines = ({ id, name, state, origin, cutOffAt }: Run) => ({
  id,
  name,
  state,
  origin,
  cutOffAt,
});
