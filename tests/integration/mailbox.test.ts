import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Resend } from "resend";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startMailbox } from "@/lib/mail/mailbox/server";
import { verifyWebhook } from "@/lib/mail/webhook-signature";
import { type TestMailbox, testMailbox } from "../setup/mailbox";

const told: { type: string; valid: boolean; to: string }[] = [];
let failing = 0;
const hooks = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  if (failing > 0) {
    failing -= 1;
    response.writeHead(503).end();
    return;
  }
  const { type, data } = JSON.parse(body) as { type: string; data: { to: string[] } };
  const valid =
    verifyWebhook(body, new Headers(request.headers as Record<string, string>)) !== null;
  told.push({ type, valid, to: data.to[0] ?? "" });
  response.end("{}");
});

let mailbox: TestMailbox;
let resend: Resend;

beforeAll(async () => {
  await new Promise<void>((resolve) => hooks.listen(0, "127.0.0.1", resolve));
  const { port } = hooks.address() as AddressInfo;
  mailbox = await testMailbox(`http://127.0.0.1:${port}/`);
  resend = new Resend("re_test", { baseUrl: mailbox.url });
});
afterEach(() => mailbox.fault({ kind: "none" }));
afterAll(async () => {
  await mailbox.close();
  hooks.closeAllConnections();
  await new Promise((resolve) => hooks.close(resolve));
});

const mail = (to: string, subject = "Prova") => ({
  from: "Prova <prova@posta.example>",
  to,
  subject,
  html: "<p>Ciao</p>",
  text: "Ciao",
  tags: [{ name: "kind", value: "bill" }],
});

describe("the local mailbox", () => {
  test("takes a mail, shows it to tests and people, and tells what happened to it", async () => {
    failing = 1;
    const { data } = await resend.emails.send(mail("uno@posta.example", "Bolletta <b>"));
    const [message] = await mailbox.messages("UNO@posta.example");
    expect(message).toMatchObject({
      id: data?.id,
      to: ["uno@posta.example"],
      subject: "Bolletta <b>",
      tags: { kind: "bill" },
    });
    const list = await fetch(`${mailbox.url}/?to=uno@posta.example`);
    expect(await list.text()).toContain("Bolletta &lt;b&gt;");
    const page = await (await fetch(`${mailbox.url}/messages/${data?.id}`)).text();
    expect(page).toContain('srcdoc="&lt;p&gt;Ciao&lt;/p&gt;"');
    expect(page).not.toContain("<script");
    const json = await fetch(`${mailbox.url}/api/messages/${data?.id}`);
    expect(await json.json()).toEqual(message);
    await expect
      .poll(() => told.filter(({ to }) => to === "uno@posta.example"), { timeout: 5000 })
      .toEqual([
        { type: "email.sent", valid: true, to: "uno@posta.example" },
        { type: "email.delivered", valid: true, to: "uno@posta.example" },
      ]);
  });

  test("answers the same key and body alike, another body with 409", async () => {
    const key = { idempotencyKey: "one-key" };
    const first = await resend.emails.send(mail("due@posta.example"), key);
    const again = await resend.emails.send(mail("due@posta.example"), key);
    expect(again.data).toEqual(first.data);
    const other = await resend.emails.send(mail("due@posta.example", "Altro"), key);
    expect(other.error?.name).toBe("invalid_idempotent_request");
    expect(await mailbox.messages("due@posta.example")).toHaveLength(1);
  });

  test("a permissive batch takes the good ones and names the others; a strict one takes none", async () => {
    const mails = [mail("tre@posta.example"), mail("nobody"), mail("quattro@posta.example")];
    const strict = await resend.batch.send(mails);
    expect(strict.error?.statusCode).toBe(422);
    expect(await mailbox.messages("tre@posta.example")).toHaveLength(0);
    const { data, headers } = await resend.batch.send(mails, { batchValidation: "permissive" });
    expect(data?.data).toHaveLength(2);
    expect(data?.errors).toMatchObject([{ index: 1 }]);
    expect(headers).toMatchObject({ "ratelimit-reset": "1" });
  });

  test("bounces and complains when told to, for whom it is told", async () => {
    await mailbox.fault({ kind: "bounce", to: "b@posta.example" });
    await mailbox.fault({ kind: "complain", to: "c@posta.example" });
    await resend.batch.send([mail("b@posta.example"), mail("c@posta.example")]);
    const types = (to: string) => told.filter((one) => one.to === to).map(({ type }) => type);
    await expect
      .poll(() => [types("b@posta.example"), types("c@posta.example")], { timeout: 5000 })
      .toEqual([
        ["email.sent", "email.bounced"],
        ["email.sent", "email.delivered", "email.complained"],
      ]);
  });

  test("fails as often as it is told to, and then no more", async () => {
    await mailbox.fault({ kind: 429, count: 1 });
    const limited = await resend.emails.send(mail("cinque@posta.example"));
    expect(limited.error?.name).toBe("rate_limit_exceeded");
    expect(limited.headers?.["retry-after"]).toBe("1");
    expect((await resend.emails.send(mail("cinque@posta.example"))).error).toBeNull();
    await mailbox.fault({ kind: "hang", count: 1 });
    const signal = AbortSignal.timeout(200);
    const hung = await resend.emails.send(mail("sei@posta.example"), { signal });
    expect(hung.error).toMatchObject({ name: "application_error", statusCode: null });
    await expect(mailbox.fault({ kind: "nonsense" })).rejects.toThrow("kind is one of");
  });

  test("wants the key of its account", async () => {
    const stranger = new Resend("re_other", { baseUrl: mailbox.url });
    expect((await stranger.emails.send(mail("sette@posta.example"))).error?.statusCode).toBe(401);
  });

  test("keeps mails and keys over a restart", async () => {
    const options = {
      folder: `${mailbox.folder}/second`,
      webhookUrl: "http://127.0.0.1:1/",
      webhookSecret: "whsec_dGVzdA==",
      apiKey: "re_test",
    };
    const before = await startMailbox(options);
    const sent = await new Resend("re_test", { baseUrl: before.url }).emails.send(
      mail("otto@posta.example"),
      { idempotencyKey: "kept" },
    );
    await before.close();
    const after = await startMailbox(options);
    const again = await new Resend("re_test", { baseUrl: after.url }).emails.send(
      mail("otto@posta.example"),
      { idempotencyKey: "kept" },
    );
    expect(again.data).toEqual(sent.data);
    expect(await (await fetch(`${after.url}/api/messages`)).json()).toHaveLength(1);
    await after.close();
    await rm(options.folder, { recursive: true, force: true });
  });

  test("names the port when it is taken", async () => {
    const { port } = new URL(mailbox.url);
    const second = startMailbox({
      folder: `${mailbox.folder}/third`,
      port: Number(port),
      webhookUrl: "http://127.0.0.1:1/",
      webhookSecret: "whsec_dGVzdA==",
      apiKey: "re_test",
    });
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("R17 lists what it has taken, newest first and a page at a time, and shows each with its tags", async () => {
    const sent = [];
    for (const subject of ["Prima", "Seconda", "Terza"]) {
      sent.push((await resend.emails.send(mail("elenco@posta.example", subject))).data?.id ?? "");
    }
    const first = await resend.emails.list({ limit: 2 });
    expect(first.data?.data.map(({ subject }) => subject)).toEqual(["Terza", "Seconda"]);
    expect(first.data?.has_more).toBe(true);
    const rest = await resend.emails.list({ limit: 2, after: String(first.data?.data[1]?.id) });
    expect(rest.data?.data[0]).toMatchObject({ id: sent[0], subject: "Prima" });
    expect((await resend.emails.get(String(sent[0]))).data).toMatchObject({
      to: ["elenco@posta.example"],
      tags: [{ name: "kind", value: "bill" }],
    });
    expect((await resend.emails.get("none")).error?.statusCode).toBe(404);
  });
});
