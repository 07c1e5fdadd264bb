import { type Command, InvalidArgumentError } from "commander";
import {
  addCompany,
  changeSettings,
  setEmissionFactor,
  setReadingWindow,
} from "@/lib/companies/commands";
import { listCompanies } from "@/lib/companies/queries";
import {
  companySchema,
  companySettingsSchema,
  emissionFactorSchema,
  readingWindowSchema,
} from "@/lib/companies/schema";
import { RefusalError } from "@/lib/errors";
import { romeDay } from "@/lib/time";
import { DISCOUNT_SHAPE, type NewDiscount, readDiscount } from "../discount-option";
import { companyMeant, type Operator, operate } from "../operator";
import { parseOptions, wholeNumber } from "../options";

/** Adds `company add|list|set`. */
export function addCompanyCommands(program: Command): void {
  const group = program.command("company").description("the companies of the group");
  group
    .command("list")
    .description("every company with its cut-off")
    .action(async (_options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const companies = await listCompanies(ctx.db);
        answer(
          { companies },
          companies.length === 0
            ? ["There is no company yet; add one with: company add"]
            : companies.map(
                ({ slug, name, cutOffDay, cutOffHour }) =>
                  `${slug}: ${name}, cut-off on day ${cutOffDay} at ${cutOffHour}:00`,
              ),
        );
      });
    });
  group
    .command("add")
    .description("add a company")
    .requiredOption("--slug <slug>", "its name in addresses and commands: luce-chiara")
    .requiredOption("--name <name>", "as customers know it")
    .requiredOption("--vat-number <digits>", "partita IVA, 11 digits")
    .requiredOption("--creditor-id <id>", "SEPA creditor id, 23 characters")
    .requiredOption("--sender-email <address>", "where its e-mails come from")
    .option("--reply-to-email <address>", "where answers to them go; else to the sender")
    .option("--accessibility-url <address>", "its own statement of accessibility, https")
    .requiredOption("--support-phone <number>", "for questions")
    .requiredOption("--fault-phone <number>", "for faults and emergencies")
    .requiredOption("--customer-code-pattern <regex>", "how its customer codes look: ^[0-9]{9}$")
    .requiredOption("--customer-code-example <code>", "shown as a hint")
    .requiredOption("--bill-number-example <number>", "shown as a hint")
    .option("--accent-color <colour>", "of its brand", "#0b5a68")
    .option("--cut-off-day <day>", "day of the month, 1 to 28", wholeNumber, 15)
    .option("--cut-off-hour <hour>", "hour in Rome, 4 to 23", wholeNumber, 18)
    .option(
      "--notice-days <days>",
      "a bill must be known so long before it is due",
      wholeNumber,
      14,
    )
    .option("--print-lead-days <days>", "what the print house needs", wholeNumber, 3)
    .option(
      "--discount <commodity=euro/basis[@day]>",
      `what an electronic bill earns: ${DISCOUNT_SHAPE}; may be repeated`,
      discount,
      [],
    )
    .action(async (options: { discount: NewDiscount[] }, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { discount: discounts, ...facts } = options;
        const company = parseOptions(companySchema, { ...facts, discounts });
        const added = await addCompany(ctx, company);
        if (!added.ok) {
          throw new RefusalError(`There is a company "${company.slug}" already.`);
        }
        answer({ company: company.slug, id: added.value.id }, [`Added ${company.name}.`]);
      });
    });
  group
    .command("set")
    .description("change settings; runs of the calendar that are still to come move along")
    .option("--company <slug>", "may be left out when there is one company only")
    .option("--cut-off-day <day>", "day of the month, 1 to 28", wholeNumber)
    .option("--cut-off-hour <hour>", "hour in Rome, 4 to 23", wholeNumber)
    .option("--approval-above <documents>", "more are published by two people", wholeNumber)
    .option(
      "--withdraw-above <documents>",
      "more in a day are withdrawn by two people",
      wholeNumber,
    )
    .option("--notice-days <days>", "a bill must be known so long before it is due", wholeNumber)
    .option("--print-lead-days <days>", "what the print house needs", wholeNumber)
    .option("--reply-to-email <address>", "where answers to its e-mails go")
    .option("--accent-color <colour>", "of its brand: #1f4e9c")
    .option("--accessibility-url <address>", "its own statement of accessibility, https")
    .action(async (options: { company?: string }, command: Command) => {
      await operate(command, async (operator) => await change(operator, options));
    });
  group
    .command("reading-window")
    .description("the days of each month on which customers may read a meter themselves")
    .option("--company <slug>", "may be left out when there is one company only")
    .requiredOption("--commodity <commodity>", "electricity, gas, district_heating or water")
    .requiredOption("--opens-on-day <day>", "1 to 28", wholeNumber)
    .requiredOption(
      "--closes-on-day <day>",
      "1 to 31; 31 is the last day of any month",
      wholeNumber,
    )
    .option("--valid-from <date>", "from this day on; else from today")
    .action(async (options: { company?: string; validFrom?: string }, command: Command) => {
      await operate(command, async (operator) => {
        const { company: named, ...given } = options;
        const validFrom = given.validFrom ?? romeDay(new Date());
        const window = parseOptions(readingWindowSchema, { ...given, validFrom });
        const company = await companyMeant(operator, { company: named });
        const { changed } = await setReadingWindow(operator.ctx, { company, ...window });
        operator.answer({ company, ...window, changed }, [
          changed
            ? `${company}: self-readings of ${window.commodity} from day ${window.opensOnDay} to day ${window.closesOnDay}, from ${validFrom} on.`
            : `${company} has this window already; nothing was changed.`,
        ]);
      });
    });
  group
    .command("emission-factor")
    .description("what a unit of the company's own mix or plant sets free, as it publishes it")
    .option("--company <slug>", "may be left out when there is one company only")
    .requiredOption("--commodity <commodity>", "electricity, gas, district_heating or water")
    .requiredOption("--grams-per-unit <grams>", "of CO2, of a kWh, Smc or m³", wholeNumber)
    .requiredOption("--source <text>", "who says so, as customers shall read it")
    .option("--valid-from <date>", "from this day on; else from today")
    .action(async (options: { company?: string; validFrom?: string }, command: Command) => {
      await operate(command, async (operator) => {
        const { company: named, ...given } = options;
        const validFrom = given.validFrom ?? romeDay(new Date());
        const factor = parseOptions(emissionFactorSchema, { ...given, validFrom });
        const company = await companyMeant(operator, { company: named });
        const { changed } = await setEmissionFactor(operator.ctx, { company, ...factor });
        operator.answer({ company, ...factor, changed }, [
          changed
            ? `${company}: ${factor.gramsPerUnit} g of CO2 for a unit of ${factor.commodity}, from ${validFrom} on.`
            : `${company} has this factor already; nothing was changed.`,
        ]);
      });
    });
}

async function change(
  operator: Operator,
  { company: named, ...options }: { company?: string },
): Promise<void> {
  const settings = parseOptions(companySettingsSchema, options);
  if (Object.keys(settings).length === 0) {
    throw new RefusalError("Say what to change, for example --cut-off-day 20.");
  }
  const company = await companyMeant(operator, { company: named });
  const { changed, moved, left, added } = await changeSettings(operator.ctx, {
    company,
    ...settings,
  });
  const words = changed.map((name) => `${asTyped(name)} is ${settings[name]}`).join(", ");
  operator.answer({ company, changed, moved, left, added }, [
    changed.length === 0
      ? `${company} has these settings already; nothing was changed.`
      : `${company}: ${words}; ${moved} of the calendar's runs moved, ${added} were added.`,
    ...(left > 0
      ? ["This month's run keeps its cut-off: by the new calendar it would be over already."]
      : []),
  ]);
}

/** An option's name as it is typed: `cut-off-day`. */
const asTyped = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function discount(text: string, earlier: NewDiscount[]): NewDiscount[] {
  const read = readDiscount(text);
  if (!read) {
    throw new InvalidArgumentError(`It must look like ${DISCOUNT_SHAPE}.`);
  }
  return [...earlier, read];
}
