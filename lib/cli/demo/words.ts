import type { DemoWorld } from "@/db/seed/demo-world";

const STEPS = {
  database: "PostgreSQL",
  seed: "Gruppo Valfiorita: companies, customers, bills, readings",
  build: "Build",
  web: "Web server and worker",
} as const;

/** Runs a step and says, when it is done, how long it took. */
export async function progress<T>(step: keyof typeof STEPS, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  if (step === "seed") {
    console.log("  Making the demo's world (once, about a minute) …");
  }
  const outcome = await work();
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  const kept = outcome === "kept" ? ", unchanged since last time" : "";
  console.log(`  ${STEPS[step]}: ready (${seconds} s${kept})`);
  return outcome;
}

/** The line that tests wait for, the demo's logins and the mailbox's address. */
export function announce(url: string, mailboxUrl: string, world: DemoWorld): void {
  const login = ({ email, password }: { email: string; password: string }, note: string) =>
    `  ${email.padEnd(42)} ${password.padEnd(24)} ${note}`;
  const lines = [
    "",
    `Sportello ready: ${url}`,
    "",
    `Customers (${url}/login)`,
    ...world.customers.map((customer) => login(customer, customer.contracts.join(" "))),
    "",
    `Staff (${url}/staff/login), with the key for an authenticator app`,
    ...world.staff.map((person) => login(person, `${person.role.padEnd(9)} ${person.totpSecret}`)),
    "",
    `To register (${url}/signup)`,
    ...world.unregistered.map(
      ({ company, taxId, customerCode, billNumber, mandate }) =>
        `  ${company.padEnd(20)} ${taxId.padEnd(16)} ${customerCode.padEnd(11)} ${billNumber.padEnd(16)}${mandate ? "" : " no direct debit"}`,
    ),
    "",
    `Mailbox: ${mailboxUrl}`,
    "Ctrl-C ends it; the data stays.",
  ];
  console.log(lines.join("\n"));
}
