import { userInfo } from "node:os";
import type { Command } from "commander";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { findCompany, listCompanies } from "@/lib/companies/queries";
import { closeConnections, workerConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { RefusalError } from "@/lib/errors";
import { describeFailure } from "./failure";
import { type LocalEnvironment, localEnvironment as openEnvironment } from "./local-environment";

/** Somebody at the shell: what they may use, and how they are answered. */
export interface Operator {
  ctx: Context<SystemActor>;
  json: boolean;
  /** On the embedded database, whose worker is on this machine. */
  embedded: boolean;
  /** Tells the result: one line of JSON for machines, or lines for people, on stdout. */
  answer(result: Record<string, unknown>, lines: string[]): void;
}

/**
 * Runs an operator's command on the configured database, else on the embedded one, and closes what
 * it opened. Failures become lines on stderr and exit code 1.
 */
export async function operate(
  command: Command,
  work: (operator: Operator) => Promise<void>,
): Promise<void> {
  const json = command.optsWithGlobals().json === true;
  let local: LocalEnvironment | undefined;
  try {
    local = await openEnvironment({ besideDemo: true });
    env();
    const actor: SystemActor = { kind: "system", name: `command line (${userName()})` };
    await work({
      ctx: { db: workerConnection().db, actor },
      json,
      embedded: local.embedded,
      answer: (result, lines) => {
        const text = json ? JSON.stringify({ ok: true, ...result }) : lines.join("\n");
        process.stdout.write(`${text}\n`);
      },
    });
  } catch (error) {
    fail(error, json);
  } finally {
    await closeConnections().catch(() => {});
    await local?.release().catch((error: unknown) => fail(error, json));
  }
}

function fail(error: unknown, json: boolean): void {
  const { lines, ...detail } = describeFailure(error);
  process.stderr.write(`${lines.join("\n")}\n`);
  if (json) {
    process.stdout.write(`${JSON.stringify({ ok: false, message: lines[0], ...detail })}\n`);
  }
  process.exitCode = 1;
}

/** For the audit log; a container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

/** The company that is meant: the named one, or the only one there is. */
export async function companyMeant(
  { ctx }: Operator,
  { company: slug }: { company?: string },
): Promise<string> {
  if (slug !== undefined && (await findCompany(ctx.db, slug))) {
    return slug;
  }
  const companies = await listCompanies(ctx.db);
  const [only] = companies;
  if (slug === undefined && only && companies.length === 1) {
    return only.slug;
  }
  const known = companies.map((one) => one.slug).join(", ") || "none; add one with: company add";
  throw new RefusalError(
    slug === undefined
      ? `Say which company with --company; known are: ${known}.`
      : `There is no company "${slug}"; known are: ${known}.`,
  );
}
