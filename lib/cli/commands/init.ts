import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { listCompanies } from "@/lib/companies/queries";
import { env } from "@/lib/env";
import { RefusalError } from "@/lib/errors";
import { isEmpty, setUp } from "@/lib/staff/commands/set-up";
import { STAFF_LINK_HOURS } from "@/lib/staff/rules";
import { EXAMPLE, readInstallation } from "../init/installation-schema";
import { askForInstallation } from "../init/questions";
import { type Operator, operate } from "../operator";

interface InitOptions {
  file?: string;
  example?: boolean;
}

/** Adds `init`. */
export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description(
      "set up an empty installation: its company with brand, calendar, discounts and sender, and its first admin; asks at a terminal",
    )
    .option("--file <file>", "take the answers from a JSON file, - for standard input")
    .option("--example", "show such a file")
    .action(async (options: InitOptions, command: Command) => {
      if (options.example) {
        process.stdout.write(`${JSON.stringify(EXAMPLE, null, 2)}\n`);
        return;
      }
      await operate(command, async (operator) => await initialise(operator, options));
    });
}

async function initialise(operator: Operator, options: InitOptions): Promise<void> {
  const { ctx, answer } = operator;
  // Before anything is asked or read: the same command again is no mistake.
  if (!(await isEmpty(ctx))) {
    return await tellNothingChanged(operator);
  }
  const installation = readInstallation(await answersOf(options));
  const done = await setUp(ctx, installation);
  if (!done.ok) {
    return await tellNothingChanged(operator);
  }
  const { company, admin } = installation;
  const { token } = done.value;
  const link = token ? `${env().APP_URL}/reset-password?token=${token}` : undefined;
  answer({ changed: true, company: company.slug, admin: admin.email, ...(link ? { link } : {}) }, [
    `${company.name} is there as ${company.slug}; deliveries are frozen on day ${company.cutOffDay} at ${company.cutOffHour}:00.`,
    link
      ? `${admin.name} chooses a password here, once and within ${STAFF_LINK_HOURS} hours: ${link}`
      : `A link to choose a password goes to ${admin.email}, once the worker runs.`,
    "Next: sportello doctor, then import contracts.",
  ]);
}

async function answersOf({ file }: InitOptions): Promise<string> {
  if (file === "-") {
    return await text(process.stdin);
  }
  if (file !== undefined) {
    return await readFile(file, "utf8").catch(() => {
      throw new RefusalError(`${file} cannot be read.`);
    });
  }
  if (!process.stdin.isTTY) {
    throw new RefusalError(
      "There is no terminal to ask at: give the answers with --file; an example: sportello init --example",
    );
  }
  return await askForInstallation({ input: process.stdin, output: process.stderr });
}

async function tellNothingChanged({ ctx, answer }: Operator): Promise<void> {
  const slugs = (await listCompanies(ctx.db)).map(({ slug }) => slug);
  answer({ changed: false, companies: slugs }, [
    `This installation is set up already (${slugs.join(", ") || "no company, but staff"}); nothing was changed.`,
    "For more: company add, staff invite.",
  ]);
}
