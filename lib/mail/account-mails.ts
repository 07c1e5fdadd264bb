import { v7 as uuidv7 } from "uuid";
import { accountMails } from "@/db/schema";
import type { TxContext } from "@/lib/auth/context";
import type { Language } from "@/lib/i18n/languages";
import { wakeSenders } from "@/lib/jobs/queue";

/** The e-mails about an account; each is a template in emails/. */
export const ACCOUNT_MAIL_TEMPLATES = [
  "confirm-account",
  "no-match",
  "mandate-missing",
  "account-exists",
  "contract-taken",
  "account-deleted",
  "delivery-changed",
  "confirm-address",
  "bill-withdrawn",
  "mandate-requested",
  "mandate-ending",
  "repair-address",
  "address-suspended",
  "reset-password",
  "staff-password",
  "password-changed",
  "second-factor-changed",
  "token-changed",
  "contract-added",
  "contract-not-added",
  "contract-held",
  "release-started",
  "contracts-released",
  "data-ready",
  "unusual-consumption",
  "self-reading-accepted",
  "self-reading-refused",
  "case-received",
  "case-answered",
] as const;
export type AccountMailTemplate = (typeof ACCOUNT_MAIL_TEMPLATES)[number];

/** What staff have sent to themselves: any of the mails, as a preview shows it. */
export const TEST_MAIL = "test" as const;

/** Whose link carries a token, good for a day (R4, R8). */
export const carriesToken = (template: string) =>
  [
    "confirm-account",
    "confirm-address",
    "repair-address",
    "reset-password",
    "staff-password",
  ].includes(template);

/**
 * The page a template's button leads to, without language or token; `params` are the mail's own,
 * where it is about one thing.
 */
export function templatePage(
  template: AccountMailTemplate,
  companySlug: string,
  params: Record<string, string> = {},
): string {
  switch (template) {
    case "confirm-account":
      return "/confirm";
    case "confirm-address":
    case "repair-address":
      return "/confirm-address";
    case "no-match":
      return `/sample-bill/${companySlug}`;
    case "mandate-missing":
    case "mandate-requested":
    case "mandate-ending":
      return `/direct-debit/${companySlug}`;
    case "reset-password":
    case "staff-password":
      return "/reset-password";
    case "contract-added":
    case "contract-not-added":
    case "contract-held":
      return "/contracts";
    case "contracts-released":
      return "/signup";
    case "token-changed":
      return "/profile/tokens";
    case "data-ready":
      return "/profile/data";
    case "unusual-consumption":
      return "/consumption/statistics";
    case "self-reading-accepted":
    case "self-reading-refused":
      return params.receiptCode
        ? `/consumption/self-reading/${params.receiptCode}`
        : "/consumption/self-reading";
    case "case-received":
    case "case-answered":
      // Whoever wrote without signing in has the receipt in the browser they wrote with, and in this mail.
      return params.caseId ? `/receipt/${params.caseId}` : "/help";
    case "account-exists":
    case "contract-taken":
    case "password-changed":
    case "second-factor-changed":
    case "release-started":
      return "/login";
    case "bill-withdrawn":
      return params.documentId ? `/bills/${params.documentId}` : "/bills";
    case "account-deleted":
      return "/";
    case "delivery-changed":
    case "address-suspended":
      return "/delivery";
  }
}

export interface AccountMail {
  /** Give it when a token must be derived from it (lib/auth/token.ts) before the mail is queued. */
  id?: string;
  template: AccountMailTemplate | typeof TEST_MAIL;
  companyId: number;
  accountId: string | null;
  toEmail: string;
  language: Language;
  /** Plain facts the template shows; never a token or a tax id. */
  params?: Record<string, string>;
}

/** Rows that go to the database in one statement. */
const CHUNK = 500;

/** Queues many mails in the caller's transaction; returns their ids in the same order. */
export async function queueAccountMails(ctx: TxContext, mails: AccountMail[]): Promise<string[]> {
  if (mails.length === 0) {
    return [];
  }
  const rows = mails.map((mail) => ({
    ...mail,
    id: mail.id ?? uuidv7(),
    params: mail.params ?? {},
  }));
  for (let from = 0; from < rows.length; from += CHUNK) {
    await ctx.db.insert(accountMails).values(rows.slice(from, from + CHUNK));
  }
  await wakeSenders(ctx);
  return rows.map(({ id }) => id);
}

/** Queues a mail in the caller's transaction; returns its id. The worker renders and sends it. */
export async function queueAccountMail(ctx: TxContext, mail: AccountMail): Promise<string> {
  const [id] = await queueAccountMails(ctx, [mail]);
  return String(id);
}
