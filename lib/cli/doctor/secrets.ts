import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { countSealed } from "@/lib/auth/reseal-secrets";
import { counted } from "../counted";
import { bad, type Finding, good, warn } from "./finding";

const SEALED = ["second factor or webhook secret", "second factors and webhook secrets"] as const;

/** What is encrypted in the database can be read with AUTH_SECRET, and with the newest of its secrets. */
export async function checkSecrets(ctx: Context<SystemActor>): Promise<Finding> {
  const { newest, earlier, unreadable } = await countSealed(ctx);
  if (unreadable > 0) {
    return bad(
      "secrets",
      `${counted(unreadable, ...SEALED)} encrypted with another AUTH_SECRET: put that one behind the new one, with a comma between`,
    );
  }
  return earlier > 0
    ? warn(
        "secrets",
        `${counted(earlier, ...SEALED)} still encrypted with the earlier AUTH_SECRET; run "sportello doctor --reseal-secrets" before that one goes`,
      )
    : good("secrets", `${counted(newest, ...SEALED)} can be read`);
}
