import { Command } from "commander";
import { EnvError, env } from "@/lib/env";
import { startMailbox } from "@/lib/mail/mailbox/server";
import { wholeNumber } from "./options";

/** The local mailbox alone, where no demo keeps one: for trials of a deployment. */
const { folder, host, port, webhook } = new Command("mailbox")
  .description(
    "A mailbox in the place of Resend, whose API it speaks; RESEND_BASE_URL points at it.",
  )
  .requiredOption("--folder <folder>", "where its mails are kept")
  .option("--host <host>", "what to listen on", "127.0.0.1")
  .option("--port <port>", "", wholeNumber, 8025)
  .option("--webhook <address>", "where it tells what became of a mail; else APP_URL")
  .parse()
  .opts<{ folder: string; host: string; port: number; webhook?: string }>();

try {
  const { APP_URL, RESEND_API_KEY: apiKey, RESEND_WEBHOOK_SECRET: webhookSecret } = env();
  const publicWebhookUrl = `${APP_URL}/api/webhooks/resend`;
  const webhookUrl = webhook ?? publicWebhookUrl;
  const addresses = { host, port, webhookUrl, publicWebhookUrl };
  const mailbox = await startMailbox({ folder, ...addresses, webhookSecret, apiKey });
  process.stdout.write(`Mailbox: ${mailbox.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void mailbox.close());
  }
} catch (error) {
  if (!(error instanceof EnvError)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
