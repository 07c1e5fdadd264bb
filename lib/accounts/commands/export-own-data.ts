import { and, eq, gt, sql } from "drizzle-orm";
import { createTranslator } from "next-intl";
import { validate as isUuid } from "uuid";
import { dataExports } from "@/db/schema";
import { csvLines, type DataSet, jsonLines } from "@/lib/api/data-files";
import { recordAudit } from "@/lib/audit/commands";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { MESSAGES } from "@/lib/i18n/messages";
import { formatInstant, romeDay } from "@/lib/time";
import { listOwnAccessLog } from "../queries/access-log";
import { billLinesSet, billsSet, paymentsSet } from "../queries/own-data/bills";
import { daysSet, intervalsSet } from "../queries/own-data/consumption";
import { contractsSet, mandateRequestsSet, mandatesSet } from "../queries/own-data/contracts";
import { addressesSet, choicesSet } from "../queries/own-data/delivery";
import { ownIdentity } from "../queries/own-data/identity";
import { mailsSet } from "../queries/own-data/mails";
import { ownExports } from "../scope";

/** Entries of the access log that go along: years of them. */
const ACCESS_LOG_MOST = 10_000;

/** A file of the archive: read only when its turn comes. */
interface OwnFile {
  name: string;
  lines: () => AsyncIterable<string>;
}

/** An archive of the actor's data, to be written while it is read. */
export interface OwnData {
  name: string;
  files: OwnFile[];
}

/**
 * The actor's own data as files (GDPR, art. 15 and 20), noted and audited; null when there is no such
 * download, it has expired or it is another's (R28). Every row is read in the actor's scope, as the
 * files are written: what is withdrawn from the actor meanwhile is in none of them.
 */
export async function exportOwnData(
  ctx: Context<CustomerActor>,
  id: string,
): Promise<OwnData | null> {
  if (!isUuid(id)) {
    return null;
  }
  const now = sql`clock_timestamp()`;
  const found = await inTransaction(ctx, async (tx) => {
    const [own] = await tx.db
      .update(dataExports)
      .set({ downloadedAt: now })
      .where(and(eq(dataExports.id, id), ownExports(tx.actor), gt(dataExports.expiresAt, now)))
      .returning({ at: dataExports.downloadedAt });
    if (own) {
      await recordAudit(tx, {
        action: "downloaded_data",
        subjectKind: "account",
        subjectId: tx.actor.accountId,
      });
    }
    return own;
  });
  const at = found?.at;
  return at
    ? { name: `sportello-${romeDay(at)}.zip`, files: [...aboutIt(ctx, at), ...dataFiles(ctx)] }
    : null;
}

/** What the archive is, in the account's language, and whose. */
function aboutIt(ctx: Context<CustomerActor>, at: Date): OwnFile[] {
  const { language } = ctx.actor;
  const t = createTranslator({
    locale: language,
    messages: MESSAGES[language],
    namespace: "ownData.readme",
  });
  const parts = [
    t("title", { at: formatInstant(at, language) }),
    t("formats"),
    t("files"),
    t("values"),
    t("bankAccounts"),
    t("bills"),
  ];
  return [
    {
      name: "README.txt",
      async *lines() {
        yield `\uFEFF${parts.join("\n\n").replaceAll("\n", "\r\n")}\r\n`;
      },
    },
    {
      name: "account.json",
      async *lines() {
        yield `${JSON.stringify(await ownIdentity(ctx), null, 2)}\n`;
      },
    },
  ];
}

function dataFiles(ctx: Context<CustomerActor>): OwnFile[] {
  const sets: DataSet[] = [
    contractsSet(ctx),
    mandatesSet(ctx),
    mandateRequestsSet(ctx),
    choicesSet(ctx),
    addressesSet(ctx),
    billsSet(ctx),
    billLinesSet(ctx),
    paymentsSet(ctx),
    mailsSet(ctx),
    daysSet(ctx),
    intervalsSet(ctx),
    accessLogSet(ctx),
  ];
  return sets.flatMap((set) => [
    { name: `${set.name}.json`, lines: () => jsonLines(set) },
    { name: `${set.name}.csv`, lines: () => csvLines(set) },
  ]);
}

const accessLogSet = (ctx: Context<CustomerActor>): DataSet => ({
  name: "access-log",
  columns: {
    at: "instant",
    action: "text",
    actor: "text",
    staff_role: "text",
    detail: "list",
  },
  async *rows() {
    for (const entry of await listOwnAccessLog(ctx, { limit: ACCESS_LOG_MOST })) {
      const { at, action, actorKind, staffRole, detail } = entry;
      yield { at, action, actor: actorKind, staff_role: staffRole, detail };
    }
  },
});
