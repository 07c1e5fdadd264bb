import { v7 as uuidv7 } from "uuid";
import { recordAudit } from "@/lib/audit/commands";
import { ok } from "@/lib/errors";
import type { CustomerActor, StaffActor } from "./actor";
import { type Context, inTransaction } from "./context";
import { type CodeCheck, takeSignInCode } from "./second-factor";
import { endWaitingSession, openSession } from "./sessions";
import type { Client } from "./sign-in";
import { knownDevice } from "./token";

/**
 * Ends a sign-in that waits for a code: the waiting session gives way to a new one with a token of its own.
 * @returns the cookie's token
 */
export async function finishSignIn(
  ctx: Context<CustomerActor | StaffActor>,
  { code, client }: { code: string; client: Client },
): Promise<{ ok: true; value: { token: string } } | Exclude<CodeCheck, { ok: true }>> {
  const device = knownDevice(ctx.actor.email, client.device) ?? undefined;
  const checked = await takeSignInCode(ctx, { code, device });
  return checked.ok ? ok({ token: await finish(ctx, client.userAgent) }) : checked;
}

/** The same once a member of staff has set up their first second factor. */
export async function finishEnrolment(
  ctx: Context<CustomerActor | StaffActor>,
  userAgent: string | null,
): Promise<string> {
  return await finish(ctx, userAgent);
}

async function finish(
  { db, actor }: Context<CustomerActor | StaffActor>,
  userAgent: string | null,
): Promise<string> {
  const now = { ...actor, sessionId: uuidv7() };
  return await inTransaction({ db, actor: now }, async (tx) => {
    await endWaitingSession(tx, actor.sessionId);
    const token = await openSession(tx, { userAgent, awaiting: null });
    await recordAudit(tx, {
      action: "signed_in",
      subjectKind: "session",
      subjectId: now.sessionId,
      detail: { secondFactor: true },
    });
    return token;
  });
}
