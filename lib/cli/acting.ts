import { createInterface } from "node:readline/promises";
import type { Context } from "@/lib/auth/context";
import { RefusalError } from "@/lib/errors";
import type { RunActor } from "@/lib/runs/rules";
import { identifyStaff } from "@/lib/staff/commands/identify-staff";
import type { Operator } from "./operator";

/**
 * The same operator, as the member of staff whose e-mail, password and code they give: two people can share
 * one account of the machine, and each has the rights of their own role. Without an e-mail it is the
 * account of the machine that acts.
 * @throws {RefusalError} if the two do not belong together
 */
export async function actingAs(
  operator: Operator,
  email: string | undefined,
): Promise<Omit<Operator, "ctx"> & { ctx: Context<RunActor> }> {
  if (email === undefined) {
    return operator;
  }
  const [password, code] = process.stdin.isTTY
    ? [await hidden(`Password of ${email}: `), await hidden("Code of the authenticator app: ")]
    : await firstLines();
  const actor = await identifyStaff(operator.ctx, { email, password, code });
  if (!actor) {
    throw new RefusalError("The e-mail of --as, its password or its code is wrong.");
  }
  return { ...operator, ctx: { db: operator.ctx.db, actor } };
}

/** Password and code, a line each. Never as arguments: other users of the machine see those. */
async function firstLines(): Promise<[password: string, code: string]> {
  const lines = createInterface({ input: process.stdin });
  const given: string[] = [];
  try {
    for await (const line of lines) {
      given.push(line);
      if (given.length === 2) {
        break;
      }
    }
    const [password, code = ""] = given;
    if (password === undefined) {
      throw new RefusalError("The password of --as is missing; give it on standard input.");
    }
    return [password, code];
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}

/** A line from the terminal that does not appear on it. */
async function hidden(prompt: string): Promise<string> {
  const { stdin } = process;
  process.stderr.write(prompt);
  stdin.setRawMode(true).setEncoding("utf8").resume();
  let typed = "";
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const key of String(chunk)) {
        if (key === "\r" || key === "\n") {
          return typed;
        }
        if (key === "\u0003" || key === "\u0004") {
          throw new RefusalError("Stopped; nothing was changed.");
        }
        typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
      }
    }
    return typed;
  } finally {
    stdin.setRawMode(false).pause();
    process.stderr.write("\n");
  }
}
