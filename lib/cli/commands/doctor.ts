import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { replayDeletions } from "@/lib/accounts/commands/replay-deletions";
import { anchorAnew } from "@/lib/audit/commands/seal-audit-log";
import { resealSecrets } from "@/lib/auth/reseal-secrets";
import { webConnection, workerConnection } from "@/lib/connections";
import { env } from "@/lib/env";
import { putDocument, readDocument, removeDocuments } from "@/lib/storage/document-storage";
import { checkSealing, examineAudit } from "../doctor/audit";
import {
  checkArchiving,
  checkDurability,
  checkMigrations,
  checkQueue,
  checkRole,
  checkRowSecurity,
  checkServer,
  checkStaging,
} from "../doctor/database";
import { checkDeletions } from "../doctor/deletions";
import { bad, type Finding, good, warn } from "../doctor/finding";
import { checkDisk, checkHeartbeats } from "../doctor/machine";
import { checkProvider } from "../doctor/provider";
import { checkSecrets } from "../doctor/secrets";
import { checkSending } from "../doctor/sending";
import { failureSentence } from "../failure";
import { operate } from "../operator";

/** Adds `doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("look at everything Sportello needs and say how to mend what is wrong")
    .option(
      "--replay-deletions",
      "after a restore: delete again every account that the ledger of deletions has and that is alive",
    )
    .option(
      "--verify-audit",
      "compare the whole audit log with its sealed blocks and the anchor outside the database",
    )
    .option(
      "--anchor-audit",
      "after a restore of an older database, once --verify-audit's finding is explained: anchor its audit log anew",
    )
    .option(
      "--reseal-secrets",
      "while AUTH_SECRET is changed: encrypt with the new one what the old one had encrypted",
    )
    .action(async (options: Record<string, boolean | undefined>, command: Command) => {
      // A wrong environment is told by `operate` itself: nothing else can be looked at then.
      await operate(command, async ({ ctx, json, answer }) => {
        if (options.replayDeletions) {
          const replayed = await replayDeletions(ctx);
          answer({ replayed }, [`Deleted accounts erased again: ${replayed}`]);
          return;
        }
        if (options.resealSecrets) {
          const resealed = await resealSecrets(ctx);
          answer({ resealed }, [`Secrets encrypted anew: ${resealed}`]);
          return;
        }
        if (options.anchorAudit) {
          await anchorAnew(ctx);
          answer({ anchored: true }, ["The audit log is anchored as it is now."]);
          return;
        }
        const findings = await (options.verifyAudit ? examineAudit(ctx) : examine());
        const failed = findings.some(({ status }) => status === "fail");
        if (json && failed) {
          process.stdout.write(`${JSON.stringify({ ok: false, checks: findings })}\n`);
        } else {
          answer(
            { checks: findings },
            findings.map(({ name, status, message }) => `${status.padEnd(4)} ${name}: ${message}`),
          );
        }
        if (failed) {
          process.exitCode = 1;
        }
      });
    });
}

async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [good("environment", "every variable has its shape"), checkMail()];
  findings.push(await checkStorage(), ...(await checkDisk()));
  const worker = () => workerConnection().sql;
  try {
    findings.push(...(await checkServer(worker())));
  } catch (error) {
    return [...findings, bad("database", failureSentence(error))];
  }
  const checks: [name: string, check: () => Promise<Finding>][] = [
    ["durability", () => checkDurability(worker())],
    ["backup", () => checkArchiving(worker())],
    ["migrations", () => checkMigrations(worker())],
    ["worker role", () => checkRole(worker(), "sportello_worker")],
    ["web role", () => checkRole(webConnection().sql, "sportello_web")],
    ["row-level security", () => checkRowSecurity(worker())],
    ["imports", () => checkStaging(worker())],
    ["queue", () => checkQueue(worker())],
  ];
  for (const [name, check] of checks) {
    findings.push(await check().catch((error: unknown) => bad(name, failureSentence(error))));
  }
  const ctx = { db: workerConnection().db, actor: { kind: "system", name: "doctor" } as const };
  const sending = await checkSending(ctx).catch((error: unknown) => [
    bad("sending", failureSentence(error)),
  ]);
  const deletions = await checkDeletions(ctx).catch((error: unknown) => [
    bad("deletions", failureSentence(error)),
  ]);
  const provider = await checkProvider(ctx).catch((error: unknown) => [
    bad("mail domain", failureSentence(error)),
  ]);
  const [secrets, audit, cron] = await Promise.all([
    checkSecrets(ctx).catch((error: unknown) => bad("secrets", failureSentence(error))),
    checkSealing(ctx).catch((error: unknown) => bad("audit", failureSentence(error))),
    checkHeartbeats(ctx).catch((error: unknown) => bad("cron", failureSentence(error))),
  ]);
  return [...findings, ...provider, ...sending, ...deletions, secrets, audit, cron];
}

function checkMail(): Finding {
  const { RESEND_API_KEY, RESEND_BASE_URL } = env();
  if (RESEND_BASE_URL) {
    return warn("mail", `e-mails go to ${RESEND_BASE_URL}, not to Resend; fine for trials only`);
  }
  return RESEND_API_KEY.startsWith("re_local_")
    ? warn("mail", "the key is a local one; set RESEND_API_KEY before real e-mails are sent")
    : good("mail", "a key for Resend is set");
}

async function checkStorage(): Promise<Finding> {
  const key = `doctor/${randomUUID()}.txt`;
  try {
    await putDocument(key, Buffer.from(key));
    const same = Buffer.from(await readDocument(key)).toString() === key;
    await removeDocuments([key]);
    return same
      ? good("storage", "can be written, read and cleared")
      : bad("storage", "gave back something else than was written; look at the disk");
  } catch {
    return bad("storage", "cannot be written; compare STORAGE_URL and its permissions");
  }
}
