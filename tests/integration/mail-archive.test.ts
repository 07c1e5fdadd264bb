import { eq } from "drizzle-orm";
import { describe, expect } from "vitest";
import { contractLinks, dispatches, documents } from "@/db/schema";
import { ForbiddenError } from "@/lib/errors";
import {
  archivedMailKey,
  archivedMailPath,
  findArchivedMail,
  listMailArchive,
} from "@/lib/mail/queries/mail-archive";
import { makeAccountMail, makeDispatch } from "../factories/dispatches";
import { makeCustomer, makeHolder, makeStaff, must } from "../factories/people";
import { sendNext } from "../factories/sendings";
import { test, type World } from "../setup/database";

type Customer = Awaited<ReturnType<typeof makeCustomer>>;

const CONTENT = {
  version: "a".repeat(64),
  from: "bollette@energia-di-prova.example",
  replyTo: "aiuto@energia-di-prova.example",
  subject: "La tua modalità è cambiata",
  preheader: "Da ora per e-mail",
  html: "<p>Ciao</p>",
  text: "Ciao",
};

async function withMails(world: World) {
  const customer = await makeCustomer(world.db);
  const { document } = await makeDispatch(world.db, customer);
  const batch = await sendNext(world);
  const mail = await makeAccountMail(world.db, customer, {
    template: "delivery-changed",
    state: "sent",
    sentAt: new Date("2026-01-05T10:00:00Z"),
    content: CONTENT,
  });
  return { customer, document, batch, mail };
}

const archive = (world: World, { actor }: Customer, page = 0) =>
  world.web(actor, (ctx) => listMailArchive(ctx, { page }));

describe("/notifications", () => {
  test("R16 has every mail that was sent, the newest first, word for word as it went out", async ({
    world,
  }) => {
    const { customer, document, batch, mail } = await withMails(world);
    const { mails, more } = await archive(world, customer);
    expect(more).toBe(false);
    expect(mails.map(({ key }) => key)).toEqual([
      { documentId: document.id, batchId: batch.id },
      { mailId: mail.id },
    ]);
    // What the provider got: the bytes of the batch.
    const [sent] = JSON.parse(batch.bytes.toString("utf8"));
    const found = must(
      await world.web(customer.actor, (ctx) =>
        findArchivedMail(ctx, { documentId: document.id, batchId: batch.id }),
      ),
    );
    expect({ subject: found.subject, html: found.html, text: found.text, to: [found.to] }).toEqual({
      subject: sent.subject,
      html: sent.html,
      text: sent.text,
      to: [sent.to].flat(),
    });
    expect(mails[0]?.subject).toBe(sent.subject);
    expect(found.document).toEqual({ id: document.id, billNumber: document.billNumber });
    const about = await world.web(customer.actor, (ctx) =>
      findArchivedMail(ctx, { mailId: mail.id }),
    );
    expect(about).toMatchObject({ html: CONTENT.html, text: CONTENT.text, document: null });
  });

  test("R17 what was frozen and not taken, or waits, is not among them", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    await makeDispatch(world.db, customer);
    await sendNext(world, { kind: "unknown", reason: "application_error" });
    await makeAccountMail(world.db, customer);
    expect((await archive(world, customer)).mails).toEqual([]);
  });

  test("R28 another customer's mail is not found, in no way", async ({ world }) => {
    const { customer, document, batch, mail } = await withMails(world);
    const other = await makeCustomer(world.db, { company: customer.company });
    expect((await archive(world, other)).mails).toEqual([]);
    for (const key of [{ documentId: document.id, batchId: batch.id }, { mailId: mail.id }]) {
      expect(await world.web(other.actor, (ctx) => findArchivedMail(ctx, key))).toBeNull();
    }
    const support = await makeStaff(world.db, "support");
    const find = (ctx: Parameters<typeof findArchivedMail>[0]) =>
      findArchivedMail(ctx, { mailId: mail.id });
    expect(await world.web(support, find)).not.toBeNull();
    const unknown = { ...support, role: "intern" as "support" };
    await expect(world.web(unknown, find)).rejects.toThrow(ForbiddenError);
  });

  test("R5 R26 goes with the documents: kept after the contract left, and never the next holder's", async ({
    world,
  }) => {
    const { customer, document, batch } = await withMails(world);
    const heir = await makeCustomer(world.db, { company: customer.company });
    await world.db
      .update(contractLinks)
      .set({ endedAt: new Date(), endedBecause: "holder_changed" })
      .where(eq(contractLinks.contractId, customer.contract.id));
    await world.db.insert(contractLinks).values({
      companyId: customer.company.id,
      contractId: customer.contract.id,
      accountId: heir.account.id,
    });
    const key = { documentId: document.id, batchId: batch.id };
    expect(await world.web(heir.actor, (ctx) => findArchivedMail(ctx, key))).toBeNull();
    expect(await world.web(customer.actor, (ctx) => findArchivedMail(ctx, key))).not.toBeNull();
    const holder = await makeHolder(world.db);
    await world.db
      .update(documents)
      .set({ holderId: holder.id })
      .where(eq(documents.id, document.id));
    expect(await world.web(customer.actor, (ctx) => findArchivedMail(ctx, key))).toBeNull();
  });

  test("R17 a sending before the present one stays in the archive beside it", async ({ world }) => {
    const { customer, document, batch } = await withMails(world);
    await world.db
      .update(dispatches)
      .set({ state: "queued", batchId: null, position: null, acceptedAt: null, providerId: null })
      .where(eq(dispatches.documentId, document.id));
    const second = await sendNext(world);
    const { mails } = await archive(world, customer);
    expect(
      mails
        .slice(0, 2)
        .map(({ key }) => archivedMailPath(key))
        .sort(),
    ).toEqual([batch.id, second.id].map((id) => `${document.id}/${id}`).sort());
  });

  test("is paged by the database, with no mail twice", async ({ world }) => {
    const customer = await makeCustomer(world.db);
    for (let day = 1; day <= 30; day += 1) {
      await makeAccountMail(world.db, customer, {
        state: "sent",
        sentAt: new Date(Date.UTC(2026, 0, day)),
        content: CONTENT,
      });
    }
    const first = await archive(world, customer);
    const second = await archive(world, customer, 1);
    expect([first.mails.length, first.more, second.mails.length, second.more]).toEqual([
      24,
      true,
      6,
      false,
    ]);
    const keys = [...first.mails, ...second.mails].map(({ key }) => archivedMailPath(key));
    expect(new Set(keys).size).toBe(30);
  });

  test("an address means one mail or none", () => {
    const id = "0198f7f0-0000-7000-8000-000000000001";
    expect(archivedMailKey([id])).toEqual({ mailId: id });
    expect(archivedMailKey([id, id])).toEqual({ documentId: id, batchId: id });
    for (const path of [[], ["x"], [id, "x"], [id, id, id]]) {
      expect(archivedMailKey(path)).toBeNull();
    }
  });
});
