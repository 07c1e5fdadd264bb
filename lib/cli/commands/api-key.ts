import type { Command } from "commander";
import { z } from "zod";
import { addKey } from "@/lib/api/v1/commands/add-key";
import { revokeKey } from "@/lib/api/v1/commands/revoke-key";
import { listKeys } from "@/lib/api/v1/queries";
import { scopeSchema } from "@/lib/api/v1/schema";
import { findCompany } from "@/lib/companies/queries";
import { NotFoundError, RefusalError } from "@/lib/errors";
import { companyMeant, type Operator, operate } from "../operator";
import { parseOptions, wholeNumber } from "../options";

interface AddOptions {
  scopes: string[];
  company?: string;
  expiresDays?: number;
}

const keySchema = z.object({
  // It stands in the audit log, and as a person in approvals.
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w .-]{0,39}$/, "must be 1 to 40 letters, digits, spaces, dots, dashes"),
  scopes: z
    .array(scopeSchema)
    .min(1, "must name at least one scope")
    .transform((scopes) => [...new Set(scopes)]),
  expiresDays: z.int().min(1, "must be 1 or more").max(3_650, "must be 3650 or less").optional(),
});

/** Adds `api-key add|list|revoke`. */
export function addApiKeyCommands(program: Command): void {
  const group = program
    .command("api-key")
    .description("keys of machines that call the HTTP API under /api/v1");
  group
    .command("add")
    .description("make a key; it is shown once, here")
    .argument("<name>", "what it is for; stands in the audit log")
    .requiredOption("--scopes <scope...>", `what it may do: ${scopeSchema.options.join(", ")}`)
    .option("--company <slug>", "of this company only; else of all")
    .option("--expires-days <days>", "ends after so many days; else never", wholeNumber)
    .action(async (name: string, options: AddOptions, command: Command) => {
      await operate(command, async (operator) => await add(operator, name, options));
    });
  group
    .command("list")
    .description("every key, also revoked ones")
    .action(async (_options: object, command: Command) => {
      await operate(command, list);
    });
  group
    .command("revoke")
    .description("end a key at once")
    .argument("<id>", "as api-key list shows it")
    .action(async (id: string, _options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { name, already } = await revokeKey(ctx, knownShape(id, "API key"));
        answer({ id, name, already }, [
          `The key "${name}" ${already ? "was revoked before" : "is revoked"}.`,
        ]);
      });
    });
}

/** The only company that something is of; null: of all. */
export async function companyOnly(
  operator: Operator,
  slug: string | undefined,
): Promise<{ id: number; slug: string } | null> {
  return slug === undefined
    ? null
    : await findCompany(operator.ctx.db, await companyMeant(operator, { company: slug }));
}

/** @throws {NotFoundError} for what cannot be an id, as for an id of nothing */
export function knownShape(id: string, what: string): string {
  if (!z.uuid().safeParse(id).success) {
    throw new NotFoundError(`${what} ${id}`);
  }
  return id;
}

/** One option with a comma between several is as good as several. */
export const separated = (given: string[]) =>
  given.flatMap((one) => one.split(",")).filter((one) => one !== "");

async function add(operator: Operator, given: string, options: AddOptions): Promise<void> {
  const { name, scopes, expiresDays } = parseOptions(keySchema, {
    ...options,
    name: given,
    scopes: separated(options.scopes),
  });
  const company = await companyOnly(operator, options.company);
  const added = await addKey(operator.ctx, {
    name,
    scopes,
    companyId: company?.id ?? null,
    expiresInDays: expiresDays ?? null,
  });
  if (!added.ok) {
    throw new RefusalError(`There is a key "${name}" already; revoke it, or choose another name.`);
  }
  const { id, secret, expiresAt } = added.value;
  operator.answer({ id, name, company: company?.slug ?? null, scopes, expiresAt, key: secret }, [
    `Made the key "${name}" (${id}) of ${company?.slug ?? "every company"} for ${scopes.join(", ")}` +
      `${expiresAt === null ? "" : `, until ${expiresAt.toISOString()}`}.`,
    `The key, shown only now: ${secret}`,
  ]);
}

async function list({ ctx, answer }: Operator): Promise<void> {
  const keys = await listKeys(ctx);
  answer(
    { keys },
    keys.length === 0
      ? ["There is no key yet; make one with: api-key add"]
      : keys.map((key) => {
          const facts = [
            key.company ?? "every company",
            key.scopes.join(", "),
            `last used ${key.lastUsedAt?.toISOString() ?? "never"}`,
            ...(key.expiresAt === null ? [] : [`until ${key.expiresAt.toISOString()}`]),
            ...(key.revokedAt === null ? [] : [`revoked ${key.revokedAt.toISOString()}`]),
          ];
          return `${key.id} ${key.name}: ${facts.join("; ")}`;
        }),
  );
}
