import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { listCompanies } from "@/lib/companies/queries";
import { env } from "@/lib/env";
import {
  type AccountProblem,
  findProviderWebhook,
  listProviderDomains,
  type ProviderDomain,
} from "@/lib/mail/queries/provider-account";
import { bad, type Finding, good, warn } from "./finding";

/** What becomes of a mail is told by these; opened and clicked are not wanted (R16). */
const EVENTS = ["sent", "delivered", "delivery_delayed", "bounced", "complained", "failed"].map(
  (name) => `email.${name}`,
);

/** The provider takes our key, may send for every company's domain, and tells us what becomes of mails. */
export async function checkProvider({ db }: Context<SystemActor>): Promise<Finding[]> {
  const { RESEND_API_KEY, RESEND_BASE_URL } = env();
  if (RESEND_API_KEY.startsWith("re_local_") && !RESEND_BASE_URL) {
    // No key of Resend's, and no mailbox to ask.
    return [];
  }
  const domains = await listProviderDomains();
  if ("problem" in domains) {
    return [accountFinding("mail key", domains)];
  }
  const companies = await listCompanies(db);
  return [
    good("mail key", "the provider knows it"),
    ...companies.map(({ name, senderEmail }) => domainFinding(name, senderEmail, domains)),
    await webhookFinding(),
  ];
}

function domainFinding(company: string, sender: string, domains: ProviderDomain[]): Finding {
  const wanted = sender.slice(sender.lastIndexOf("@") + 1).toLowerCase();
  const domain =
    domains.find(({ name }) => name === wanted) ?? domains.find(({ name }) => name === "*");
  const title = "mail domain";
  if (!domain) {
    return bad(
      title,
      `${wanted} of ${company} is not in the Resend account: add it there and set its DNS records`,
    );
  }
  if (domain.status !== "verified") {
    return bad(
      title,
      `${wanted} of ${company} is ${domain.status.replaceAll("_", " ")}: set its SPF and DKIM records as Resend shows them, then verify`,
    );
  }
  return domain.openTracking || domain.clickTracking
    ? bad(
        title,
        `${wanted} of ${company} tracks who opens or clicks: turn open and click tracking off at Resend`,
      )
    : good(title, `${wanted} of ${company} is verified, without tracking`);
}

async function webhookFinding(): Promise<Finding> {
  const { APP_URL, RESEND_WEBHOOK_SECRET } = env();
  const address = `${APP_URL}/api/webhooks/resend`;
  const title = "webhook";
  const webhook = await findProviderWebhook(address);
  if (webhook === null) {
    return bad(title, `the Resend account tells nobody at ${address}: add this endpoint there`);
  }
  if ("problem" in webhook) {
    return accountFinding(title, webhook);
  }
  if (!webhook.enabled) {
    return bad(title, `${address} is switched off at Resend: switch it on there`);
  }
  if (!RESEND_WEBHOOK_SECRET.split(",").includes(webhook.secret)) {
    return bad(
      title,
      `${address} signs with another secret: set RESEND_WEBHOOK_SECRET to the one that Resend shows for it`,
    );
  }
  const { events } = webhook;
  const missing = events ? EVENTS.filter((name) => !events.includes(name)) : [];
  return missing.length > 0
    ? bad(title, `${address} is not told of ${missing.join(", ")}: add these events at Resend`)
    : good(title, `${address} is told, and signed with a secret that we have`);
}

/** A key that may only send is a good one for a worker: what it cannot tell has to be looked at by hand. */
function accountFinding(title: string, { problem, status }: AccountProblem): Finding {
  if (problem === "restricted_api_key") {
    return warn(
      title,
      "the key may send and no more: look at domains and webhook at Resend yourself",
    );
  }
  if (status === 401 || status === 403) {
    return bad(title, `the provider refuses it (${problem}): set RESEND_API_KEY to a valid key`);
  }
  return warn(title, `the provider could not be asked (${problem}): try again later`);
}
