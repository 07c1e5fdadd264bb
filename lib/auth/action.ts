import "server-only";
import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import type { z } from "zod";
import { ForbiddenError, isDiskFull, isUnavailable, NotFoundError } from "@/lib/errors";
import { log, newReference } from "@/lib/log";
import type { Actor } from "./actor";
import type { Context } from "./context";
import type { FormAction, FormState } from "./form-state";

/** What an action's body answers. Texts are translated already. */
export type ActionOutcome =
  | { redirectTo: string }
  | { done: string; codes?: string[] }
  | { failed: string }
  | { invalid: Record<string, string> };

interface ActionDefinition<A extends Actor, S extends z.ZodType> {
  /** `requireCustomer`, `requireStaff` or `visitor`: runs before anything is read. */
  context: () => Promise<Context<A>> | Context<A>;
  /** Its messages are keys of the `errors` namespace. */
  schema: S;
  /** Fields that a form may have several of: each comes as an array, empty when there is none. */
  lists?: readonly string[];
  run: (ctx: Context<A>, input: z.output<S>) => Promise<ActionOutcome>;
}

/** Fields that are never sent back to the browser. */
const SECRET = /password|token|^code$/i;

/**
 * Wraps a command for forms: actor, input, command, errors, in that order. The result is a server
 * action that works with and without JavaScript. Ids come as hidden fields and are authorised by
 * the command, never bound in a client component (next.js#57867).
 */
export function formAction<A extends Actor, S extends z.ZodType>(
  definition: ActionDefinition<A, S>,
): FormAction {
  return async (_previous, form) => {
    const ctx = await definition.context();
    const lists = Object.fromEntries(
      (definition.lists ?? []).map((name) => [name, form.getAll(name).filter(isText)]),
    );
    const typed = Object.fromEntries(
      [...form.entries()].filter(
        (entry): entry is [string, string] =>
          isText(entry[1]) && !entry[0].startsWith("$ACTION") && !(entry[0] in lists),
      ),
    );
    const values = Object.fromEntries(Object.entries(typed).filter(([name]) => !SECRET.test(name)));
    const shown = { values, ...(definition.lists ? { lists } : {}) };
    const input = definition.schema.safeParse({ ...typed, ...lists });
    if (!input.success) {
      return { ...(await invalidState(input.error)), ...shown };
    }
    const outcome = await definition.run(ctx, input.data).catch(async (error: unknown) => {
      return { failed: await sentenceFor(error) };
    });
    if ("redirectTo" in outcome) {
      redirect(outcome.redirectTo);
    }
    if ("done" in outcome) {
      // What the page around the form shows is what the action has changed.
      refresh();
      return { status: "done", message: outcome.done, codes: outcome.codes };
    }
    if ("invalid" in outcome) {
      return { status: "invalid", fields: outcome.invalid, ...shown };
    }
    return { status: "failed", message: outcome.failed, ...shown };
  };
}

const isText = (value: FormDataEntryValue): value is string => typeof value === "string";

async function invalidState(error: z.ZodError): Promise<FormState> {
  const t = await getTranslations("errors");
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const name = String(issue.path[0] ?? "form");
    fields[name] ??= t.has(issue.message) ? t(issue.message) : t("invalid");
  }
  return { status: "invalid", fields };
}

async function sentenceFor(error: unknown): Promise<string> {
  const t = await getTranslations("errors");
  if (error instanceof NotFoundError) {
    return t("notFound");
  }
  if (error instanceof ForbiddenError) {
    return t("forbidden");
  }
  const reference = newReference();
  log.error({ err: error, reference }, "action failed");
  if (isDiskFull(error)) {
    return t("diskFull", { reference });
  }
  return t(isUnavailable(error) ? "unavailable" : "unexpected", { reference });
}
