import type { Command } from "commander";
import { WEBHOOK_EVENTS } from "@/db/schema";
import { addEndpoint } from "@/lib/api/webhooks/commands/add-endpoint";
import { removeEndpoint } from "@/lib/api/webhooks/commands/remove-endpoint";
import { rotateSecret } from "@/lib/api/webhooks/commands/rotate-secret";
import { listEndpoints } from "@/lib/api/webhooks/queries";
import { ROTATION_HOURS } from "@/lib/api/webhooks/rules";
import { newEndpointSchema } from "@/lib/api/webhooks/schema";
import { type Operator, operate } from "../operator";
import { parseOptions } from "../options";
import { companyOnly, knownShape, separated } from "./api-key";

interface AddOptions {
  events: string[];
  company?: string;
}

const ID = ["<id>", "as webhook list shows it"] as const;

/** Adds `webhook add|list|remove|rotate`. */
export function addWebhookCommands(program: Command): void {
  const group = program
    .command("webhook")
    .description("machines that are told of what happens, by signed HTTP posts");
  group
    .command("add")
    .description("tell an address; its secret is shown once, here")
    .argument("<url>", "https://…; a private address must be written as such, not as a name")
    .requiredOption("--events <event...>", `of what: ${WEBHOOK_EVENTS.join(", ")}`)
    .option("--company <slug>", "of this company only; else of all")
    .action(async (url: string, options: AddOptions, command: Command) => {
      await operate(command, async (operator) => await add(operator, url, options));
    });
  group
    .command("list")
    .description("every address, and how its deliveries of the last 30 days went")
    .action(async (_options: object, command: Command) => {
      await operate(command, list);
    });
  group
    .command("remove")
    .description("tell an address nothing more")
    .argument(...ID)
    .action(async (id: string, _options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        await removeEndpoint(ctx, knownShape(id, "webhook"));
        answer({ id, removed: true }, ["Removed; nothing more is sent to it."]);
      });
    });
  group
    .command("rotate")
    .description(`a new secret; the old one signs too for ${ROTATION_HOURS} hours`)
    .argument(...ID)
    .option("--at-once", "the old one has leaked: it signs nothing more")
    .action(async (id: string, { atOnce }: { atOnce?: boolean }, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { secret } = await rotateSecret(ctx, { id: knownShape(id, "webhook"), atOnce });
        answer({ id, secret }, [
          atOnce
            ? "The old secret signs nothing more."
            : `The old secret signs too for ${ROTATION_HOURS} hours.`,
          `The new secret, shown only now: ${secret}`,
        ]);
      });
    });
}

async function add(operator: Operator, given: string, options: AddOptions): Promise<void> {
  const { url, events } = parseOptions(newEndpointSchema, {
    url: given,
    events: separated(options.events),
  });
  const company = await companyOnly(operator, options.company);
  const { id, secret } = await addEndpoint(operator.ctx, {
    url,
    events,
    companyId: company?.id ?? null,
  });
  operator.answer({ id, url, company: company?.slug ?? null, events, secret }, [
    `${url} (${id}) is told of ${events.join(", ")} of ${company?.slug ?? "every company"}.`,
    `Its secret, shown only now: ${secret}`,
  ]);
}

async function list({ ctx, answer }: Operator): Promise<void> {
  const webhooks = await listEndpoints(ctx);
  answer(
    { webhooks },
    webhooks.length === 0
      ? ["There is no webhook yet; add one with: webhook add"]
      : webhooks.map(({ id, url, company, events, delivered, waiting, givenUp, lastFailure }) => {
          const failure = lastFailure === null ? "" : ` (${lastFailure})`;
          return (
            `${id} ${url}: ${company ?? "every company"}; ${events.join(", ")}; ` +
            `${delivered} delivered, ${waiting} waiting, ${givenUp} given up${failure}`
          );
        }),
  );
}
