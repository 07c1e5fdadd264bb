import { resendClient } from "@/lib/mail/resend";

/** A domain of the account as the provider has it; our local mailbox takes mail from every one and lists `*`. */
export interface ProviderDomain {
  name: string;
  status: string;
  openTracking: boolean;
  clickTracking: boolean;
}

/** An endpoint that the provider tells of its events. */
export interface ProviderWebhook {
  endpoint: string;
  enabled: boolean;
  /** Null: all of them. */
  events: string[] | null;
  secret: string;
}

/** What an account cannot tell, in the provider's own name for it; `no_answer` when it was not reached. */
export type AccountProblem = { problem: string; status: number | null };

/** The SDK waits for ever. */
const PATIENCE_MS = 10_000;
const PAGE = 100;

/** The account's sending domains. */
export async function listProviderDomains(): Promise<ProviderDomain[] | AccountProblem> {
  const answer = await inTime(resendClient().domains.list({ limit: PAGE }));
  if (!answer?.data) {
    return problemOf(answer?.error);
  }
  return answer.data.data.map((domain) => ({
    name: domain.name.toLowerCase(),
    status: domain.status,
    openTracking: domain.open_tracking === true,
    clickTracking: domain.click_tracking === true,
  }));
}

/** What the account knows of the endpoint at an address; null if it has none. */
export async function findProviderWebhook(
  address: string,
): Promise<ProviderWebhook | null | AccountProblem> {
  const resend = resendClient();
  const listed = await inTime(resend.webhooks.list({ limit: PAGE }));
  if (!listed?.data) {
    return problemOf(listed?.error);
  }
  const found = listed.data.data.find(({ endpoint }) => endpoint === address);
  if (!found) {
    return null;
  }
  const known = await inTime(resend.webhooks.get(found.id));
  if (!known?.data) {
    return problemOf(known?.error);
  }
  const { endpoint, status, events, signing_secret: secret } = known.data;
  return { endpoint, enabled: status === "enabled", events, secret };
}

function problemOf(
  error: { name: string; statusCode: number | null } | null | undefined,
): AccountProblem {
  return error?.statusCode
    ? { problem: error.name, status: error.statusCode }
    : { problem: "no_answer", status: null };
}

async function inTime<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref());
  return await Promise.race([asked, late]).catch(() => null);
}
