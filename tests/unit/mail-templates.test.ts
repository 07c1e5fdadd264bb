import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mailTexts } from "@/emails/parts/content";
import { accountPreview, billPreview } from "@/emails/preview-data";
import { namedContracts } from "@/lib/delivery/rules";
import { LANGUAGES } from "@/lib/i18n/languages";
import { ACCOUNT_MAIL_TEMPLATES, type AccountMailTemplate } from "@/lib/mail/account-mails";
import { billMail, fillForm, keptFacts, kindOfTemplate, mailForm } from "@/lib/mail/bill-mail";
import { bytesOfMails } from "@/lib/mail/bill-mail-bytes";
import { type RenderedMail, renderAccountMail, renderBillMail } from "@/lib/mail/rendered-mail";
import { mailRequest } from "@/lib/mail/resend";

const KINDS = ["bill", "closing_bill", "credit_note", "notice"] as const;

/** What holds for every mail, whatever it says. */
function expectSound({ subject, preheader, html, text }: RenderedMail, link: string) {
  for (const part of [subject, preheader, html, text]) {
    expect(part).not.toMatch(
      /mails\.|newBill\.|account\.[a-z]|undefined|\[object|\{\{|\{[a-zA-Z]+\}/,
    );
    expect(part.trim()).not.toBe("");
  }
  expect(html).toContain(`href="${link}"`);
  expect(text).toContain(link);
  expect(html).toContain(preheader.replaceAll("'", "&#x27;"));
  expect(html).not.toMatch(/<img|<script|src=|url\(/i);
  expect(html.match(/href="[^"]*"/g)).toEqual([`href="${link}"`]);
  expect(Buffer.byteLength(html)).toBeLessThan(102 * 1024);
}

describe("what account mails say", () => {
  const told = async (name: AccountMailTemplate, params: Record<string, string>) =>
    await Promise.all(
      LANGUAGES.map(async (language) => {
        const props = { ...accountPreview(name, language), params };
        return (await renderAccountMail(name, props)).text;
      }),
    );

  test("R11 the first bill of a choice is named with the page's words", async () => {
    const params = { contractNumber: "C1", mode: "electronic", fromBill: "2026-12-15" };
    const [it, en, de] = await told("delivery-changed", params);
    expect(it).toContain("La scelta vale dalla bolletta di metà dicembre 2026.");
    expect(en).toContain("The choice applies from the bill of mid-December 2026.");
    expect(de).toContain("Die Wahl gilt ab der Rechnung von Mitte Dezember 2026.");
  });

  test("R11 the mail promises no e-mail from a bill that comes on paper, nor a run that has no bill", async () => {
    const params = { contractNumber: "C1", mode: "electronic", fromBill: "2026-12-15" };
    const [it, en, de] = await told("delivery-changed", { ...params, onPaper: "no_mandate" });
    expect(it).toContain("finché non ne attivi una nuova, le bollette arrivano su carta");
    expect(en).toContain("until you set up a new one, your bills come on paper");
    expect(de).toContain("Bis Sie ein neues erteilen, kommen Ihre Rechnungen auf Papier");
    const closing = await told("delivery-changed", { ...params, fromBill: "closing" });
    expect(closing[0]).toContain("La scelta vale dalla bolletta di chiusura.");
    expect(closing[1]).toContain("The choice applies from the closing bill.");
    expect(closing[2]).toContain("Die Wahl gilt ab der Schlussrechnung.");
  });

  test("R8 an address is told whether bills no longer go there, or go there now, and no more", async () => {
    const params = { contractNumber: "C1", mode: "paper", fromBill: "2026-12-15", undone: "no" };
    for (const [text, gone] of (await told("delivery-changed", { ...params, role: "old" })).map(
      (text, index) => [text, ["non arrivano più", "no longer come", "nicht mehr hierher"][index]],
    )) {
      expect(text).toContain(gone);
      expect(text).not.toMatch(/su carta|on paper|auf Papier/i);
    }
    const [it] = await told("delivery-changed", { ...params, mode: "electronic", role: "new" });
    expect(it).toContain("Questo indirizzo è stato scelto");
    const [undone] = await told("delivery-changed", { ...params, role: "account", undone: "yes" });
    expect(undone).toContain("hai annullato l'ultima scelta, e vale di nuovo la bolletta su carta");
  });

  test("of many contracts ten are named, and the others counted", async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => `C${index + 1}`);
    const params = { mode: "electronic", fromBill: "2026-12-15", role: "account" };
    const [it, en, de] = await told("delivery-changed", { ...namedContracts(numbers), ...params });
    expect(it).toContain(
      "Per i contratti C1, C2, C3, C4, C5, C6, C7, C8, C9, C10 e altri 2 hai scelto",
    );
    expect(en).toContain("C10 and 2 more you chose");
    expect(de).toContain("C10 und 2 weitere haben Sie gewählt");
    const [confirm] = await told("confirm-address", namedContracts(["C1", "C2"]));
    expect(confirm).toContain("le bollette dei contratti C1, C2 di");
  });

  test("a token's mails tell made from revoked, and a calendar from a program", async () => {
    const texts: string[] = [];
    for (const change of ["created", "revoked"]) {
      for (const purpose of ["consumption", "calendar"]) {
        texts.push(...(await told("token-changed", { change, purpose })));
      }
    }
    expect(new Set(texts).size).toBe(12);
    expect(texts[0]).toContain("un programma che ce l'ha legge i tuoi contratti");
    expect(texts[7]).toContain("A token of your account was revoked");
    expect(texts[11]).toContain("Kalender, die sie verwendeten");
  });

  test("R7 the farewell tells of paper only where there is a contract", async () => {
    for (const text of await told("account-deleted", { contractNumbers: "" })) {
      expect(text).not.toMatch(/–|alla carta|su carta|paper|Papier/);
      expect(text).toContain("10");
    }
    const [one] = await told("account-deleted", { contractNumbers: "C1" });
    expect(one).toContain("il contratto C1 torna alla carta");
    const [many] = await told("account-deleted", { contractNumbers: "C1, C2" });
    expect(many).toContain("i contratti C1, C2 tornano alla carta");
  });
});

describe.each(LANGUAGES)("mails in %s", (language) => {
  test.each(ACCOUNT_MAIL_TEMPLATES)(
    "%s has its texts, its link and nothing loaded",
    async (name) => {
      const props = accountPreview(name, language);
      expectSound(await renderAccountMail(name, props), props.link);
    },
  );

  test.each(KINDS)(
    "R16 the mail of a %s has its texts, its link and nothing loaded",
    async (kind) => {
      const props = billPreview(language, { kind });
      expectSound(await renderBillMail(props), props.facts.link);
    },
  );

  test("R16 tells brand, amount, due date, period, contract, mandate and creditor", async () => {
    const props = billPreview(language);
    const { html, text, subject } = await renderBillMail(props);
    const { facts, shape } = props;
    for (const fact of [
      shape.brand.name,
      facts.amount,
      facts.dueDate,
      facts.period,
      facts.contractNumber,
      facts.mandateReference,
      facts.creditorId,
      facts.holderName,
      facts.supplyPoint,
    ]) {
      expect(html).toContain(fact);
      expect(text).toContain(fact);
    }
    expect(html).toContain(shape.brand.accentColor);
    expect(subject).toContain(facts.amount);
    expect(facts.amount).toMatch(language === "en" ? /^€84\.20$/ : /^84,20\s€$/);
  });

  test("R16 says how to pay, and names no mandate, where direct debit does not pay", async () => {
    const props = billPreview(language, { payment: "to_pay" });
    const { html, text } = await renderBillMail(props);
    expect(html).not.toContain(props.facts.mandateReference);
    expect(html).not.toContain(props.facts.creditorId);
    expect(text).toContain(props.facts.billNumber);
  });

  test("R16 a credit names no due date, and what is settled is not called to pay", async () => {
    const t = mailTexts(language);
    const credit = await renderBillMail(billPreview(language, { kind: "credit_note" }));
    expect(credit.text).toContain(t("newBill.due.in_your_favour"));
    const settled = billPreview(language, { payment: "nothing" });
    const { text } = await renderBillMail(settled);
    expect(text).not.toContain(t("newBill.bill.amount"));
    for (const shown of [credit.text, text]) {
      expect(shown).not.toContain(t("newBill.facts.debitOn"));
      expect(shown).not.toContain(t("newBill.facts.dueBy"));
    }
  });

  test("a notice about no money shows no amount", async () => {
    const props = billPreview(language, { kind: "notice" });
    const { html, text } = await renderBillMail(props);
    expect(html + text).not.toContain(props.facts.amount);
  });
});

describe("filling a form", () => {
  test("R16 gives exactly what rendering for one recipient gives", async () => {
    for (const language of LANGUAGES) {
      for (const kind of KINDS) {
        const props = billPreview(language, { kind });
        expect(await billMail(props)).toEqual(await renderBillMail(props));
      }
    }
  });

  test("R16 gives what rendering gives, whatever stands in a bill", async () => {
    const anything = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.constantFrom("{{amount}}", "$&", "<b>&\"'</b>", "\u202eabc", "a\r\nb", "👩‍⚖️", "é"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...KINDS),
        fc.record({ holderName: anything, supplyAddress: anything, billNumber: anything }),
        async (kind, typed) => {
          const { shape, facts } = billPreview("it", { kind });
          const props = { shape, facts: { ...facts, ...typed } };
          expect(await billMail(props)).toEqual(await renderBillMail(props));
        },
      ),
      { numRuns: process.env.FULL ? 1_000 : 60 },
    );
  });

  test("escapes what stands in a bill, and takes no mark in it for one of its own", async () => {
    const { shape, facts } = billPreview("it");
    const hostile = {
      shape,
      facts: {
        ...facts,
        holderName: `<script>alert("1")</script> & 'Figli' {{amount}} $&`,
        supplyAddress: `"><a href='https://evil.example'>qui</a>`,
      },
    };
    const filled = await billMail(hostile);
    expect(filled).toEqual(await renderBillMail(hostile));
    expect(filled.html).not.toMatch(/<script|href='/);
    expect(filled.html).toContain("{{amount}} $&amp;");
    expect(filled.text).toContain(hostile.facts.holderName);
  });

  test("keeps a subject on one line", async () => {
    const { shape, facts } = billPreview("it");
    const name = "Energia\r\nBcc: altri@posta.example";
    const filled = await billMail({
      shape: { ...shape, brand: { ...shape.brand, name } },
      facts,
    });
    expect(filled.subject).not.toMatch(/[\r\n]/);
  });
});

describe("the bytes of a batch", () => {
  test("R17 are what JSON makes of the same mails, filled one by one", async () => {
    const envelope = {
      batchId: "019ae3b0-0000-7000-8000-000000000001",
      company: 7,
      sender: { from: '"Luce & Gas" <a@b.example>', replyTo: "c@d.example" },
    };
    const mails = [];
    for (const [index, language] of LANGUAGES.entries()) {
      const { shape, facts } = billPreview(language, { kind: index ? "credit_note" : "bill" });
      const hostile = {
        ...facts,
        holderName: `<b>"Ünal"</b> \\ \n {{amount}} {{htmllink}} $& €`,
        contractNumber: "C\r\nBcc: x@y.example",
      };
      mails.push({
        to: `o'neil+${index}@posta.example`,
        dispatchId: `019ae3b0-0000-7000-8000-00000000010${index}`,
        form: await mailForm(shape),
        facts: keptFacts(hostile),
      });
    }
    const written: unknown = JSON.parse(bytesOfMails(envelope, mails).toString("utf8"));
    expect(written).toEqual(
      mails.map(({ to, dispatchId, form, facts }) =>
        mailRequest({
          sender: envelope.sender,
          to,
          mail: fillForm(form, facts),
          entity: dispatchId,
          company: 7,
          kind: kindOfTemplate(form.template) ?? "",
          tags: { dispatch: dispatchId, batch: envelope.batchId },
        }),
      ),
    );
  });

  test("R16 carry headers of automatic mail, and none that says anything about a person", async () => {
    const { shape, facts } = billPreview("it");
    const mail = { to: "nome@posta.example", dispatchId: "019ae3b0-0000-7000-8000-000000000101" };
    const [request] = JSON.parse(
      bytesOfMails(
        { batchId: "b", company: 7, sender: { from: "a@b.example", replyTo: "c@d.example" } },
        [{ ...mail, form: await mailForm(shape), facts: keptFacts(facts) }],
      ).toString("utf8"),
    );
    expect(request.headers).toEqual({
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-Entity-Ref-ID": mail.dispatchId,
      "Feedback-ID": "bill:7:mail:sportello",
    });
    expect(request.reply_to).toBe("c@d.example");
    for (const { name, value } of request.tags) {
      expect(`${name}${value}`).toMatch(/^[A-Za-z0-9_-]+$/);
    }
    const outside = JSON.stringify({ ...request, html: "", text: "", subject: "", to: "" });
    expect(outside).not.toMatch(/nome@|Nome Inventato|LUC-0000042|IT001E/);
  });

  test("R17 are the same however often they are made", async () => {
    const { shape, facts } = billPreview("it");
    const mail = {
      to: "a@b.example",
      dispatchId: "d",
      form: await mailForm(shape),
      facts: keptFacts(facts),
    };
    const envelope = { batchId: "b", company: 1, sender: { from: "a@b.example", replyTo: "a" } };
    const once = bytesOfMails(envelope, [mail, mail]);
    expect(bytesOfMails(envelope, [mail, mail]).equals(once)).toBe(true);
  });
});
