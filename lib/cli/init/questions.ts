import { createInterface } from "node:readline/promises";
import { RefusalError } from "@/lib/errors";
import { newStaffSchema } from "@/lib/staff/schema";
import { DISCOUNT_SHAPE, readDiscount } from "../discount-option";
import { faultOf, PROPOSED } from "./installation-schema";

interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

type Ask = (question: string, proposal?: string) => Promise<string>;
type Fact = Parameters<typeof faultOf>[0];

/** The company's facts in the order in which they are asked. */
const FACTS: { heading?: string; name: Fact; question: string; number?: true }[] = [
  { heading: "The company", name: "name", question: "Its name, as customers know it" },
  { name: "slug", question: "Its name in addresses and commands" },
  { name: "vatNumber", question: "Partita IVA (11 digits)" },
  { name: "creditorId", question: "SEPA creditor id (23 characters)" },
  { name: "supportPhone", question: "Telephone for questions" },
  { name: "faultPhone", question: "Telephone for faults and emergencies" },
  { heading: "Its brand", name: "accentColor", question: "Colour, dark enough for text" },
  { heading: "Its codes", name: "customerCodePattern", question: "Customer codes look like" },
  { name: "customerCodeExample", question: "An example of one" },
  { name: "billNumberExample", question: "An example of a bill number" },
  {
    heading: "Its calendar",
    name: "cutOffDay",
    question: "Day of the month on which deliveries are frozen (1 to 28)",
    number: true,
  },
  { name: "cutOffHour", question: "At which hour in Rome (4 to 23)", number: true },
  { name: "noticeDays", question: "Days before its due date that a bill is known", number: true },
  { name: "printLeadDays", question: "Days that the print house needs", number: true },
  { heading: "Its e-mails", name: "senderEmail", question: "They come from this address" },
  { name: "replyToEmail", question: "Answers go to (empty: to the sender)" },
];

/**
 * Asks at a terminal what an installation is to be, one question at a time; a wrong answer is asked again with what is
 * wrong with it.
 * @returns the text of a file as `init --file` takes it
 * @throws {RefusalError} when whoever is asked stops or says no
 */
export async function askForInstallation(terminal: Terminal): Promise<string> {
  const lines = createInterface({ ...terminal, terminal: false });
  const reader = lines[Symbol.asyncIterator]();
  const say = (text: string) => terminal.output.write(text);
  const ask: Ask = async (question, proposal) => {
    say(`  ${question}${proposal ? ` [${proposal}]` : ""}: `);
    const { done, value } = await reader.next();
    if (done) {
      say("\n");
      throw new RefusalError("Stopped; nothing was changed.");
    }
    return String(value).trim() || (proposal ?? "");
  };
  try {
    const company = await askForCompany(ask, say);
    say("\nThe first admin\n");
    const admin = {
      name: await until(ask, say, "Name", (text) =>
        newStaffSchema.shape.name.safeParse(text).success ? null : "must have 1 to 80 characters",
      ),
      email: await until(ask, say, "E-mail", (text) =>
        newStaffSchema.shape.email.safeParse(text).success ? null : "must be an e-mail address",
      ),
    };
    const showLink = yes(
      await ask("Show the link that sets the password here, instead of mailing it (y/n)", "y"),
    );
    if (!yes(await ask(`\n  Set up ${company.name} with ${admin.name} as admin (y/n)`, "y"))) {
      throw new RefusalError("Nothing was changed.");
    }
    return JSON.stringify({ company, admin, showLink });
  } finally {
    lines.close();
  }
}

async function askForCompany(ask: Ask, say: (text: string) => void) {
  const company: Record<string, string | number | undefined> = {};
  for (const { heading, name, question, number } of FACTS) {
    if (heading) {
      say(`\n${heading}\n`);
    }
    const value = (text: string) => (number ? Number(text) : text || undefined);
    const proposal =
      name === "slug"
        ? slugOf(String(company.name))
        : String(PROPOSED[name as keyof typeof PROPOSED] ?? "");
    const fault = (text: string) => {
      const { customerCodePattern: pattern } = company;
      return name === "customerCodeExample" && !new RegExp(String(pattern)).test(text)
        ? `must match ${pattern}`
        : faultOf(name, value(text));
    };
    company[name] = value(await until(ask, say, question, fault, proposal));
  }
  say("\nWhat an electronic bill earns\n");
  const discounts: string[] = [];
  for (;;) {
    const text = await until(
      ask,
      say,
      `A discount such as ${DISCOUNT_SHAPE} (empty: no more)`,
      (given) => (given ? discountFault(given) : null),
    );
    if (!text) {
      return { ...company, name: company.name, discounts };
    }
    discounts.push(text);
  }
}

function discountFault(text: string): string | null {
  const read = readDiscount(text);
  return read ? faultOf("discounts", [read]) : `must look like ${DISCOUNT_SHAPE}`;
}

async function until(
  ask: Ask,
  say: (text: string) => void,
  question: string,
  faultIn: (text: string) => string | null,
  proposal?: string,
): Promise<string> {
  for (;;) {
    const text = await ask(question, proposal);
    const fault = faultIn(text);
    if (fault === null) {
      return text;
    }
    say(`    It ${fault}.\n`);
  }
}

const yes = (text: string) => /^(y|yes|s|sì|si|j|ja)$/i.test(text);

/** `Luce Chiara S.p.A.` becomes `luce-chiara-s-p-a`. */
const slugOf = (name: string) =>
  name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 39);
