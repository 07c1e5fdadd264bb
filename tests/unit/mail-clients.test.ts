import { caniemail } from "caniemail";
import { describe, expect, test } from "vitest";
import { accountPreview, billPreview } from "@/emails/preview-data";
import { LANGUAGES } from "@/lib/i18n/languages";
import { ACCOUNT_MAIL_TEMPLATES } from "@/lib/mail/account-mails";
import { renderAccountMail, renderBillMail } from "@/lib/mail/rendered-mail";

/** Where nearly all of Italy's, England's and Germany's private mail is read. */
const CLIENTS = ["gmail.*", "outlook.*", "apple-mail.*", "yahoo.*"] as const;

/**
 * What some of them do not know and a mail does without there, each with what its reader sees instead.
 * Whatever else caniemail's data calls unsupported makes the test fail.
 */
const DONE_WITHOUT: Record<string, string> = {
  "<style> element": "the inline, light look, made for a phone's width",
  "Type selector": "the inline look",
  "@media": "the light look, and facts beside their labels",
  "display:none": "the preheader stands in front of the title, once",
  opacity: "the preheader, as before",
  overflow: "the preheader, as before",
  "overflow-wrap": "a long code may stick out; none of ours is longer than a phone is wide",
  "border-radius": "square corners",
  "target attribute": "the link opens in a new window, as it would anyway",
  "<body> element": "its colours stand on the table inside it as well",
  "role attribute": "a table that lays out is read as one",
  "height property": "the button is as high as its text and padding make it",
};

function notSupported(html: string): string[] {
  const { issues } = caniemail({ clients: [...CLIENTS], html });
  const titles = new Set([...issues.errors.values()].flat().map(({ title }) => title));
  return [...titles].filter((title) => !(title in DONE_WITHOUT)).sort();
}

describe.each(LANGUAGES)("mails in %s, by caniemail's data", (language) => {
  test.each(["bill", "closing_bill", "credit_note", "notice"] as const)(
    "R16 a %s needs nothing that Gmail, Outlook, Apple Mail or Yahoo do not know",
    async (kind) => {
      expect(notSupported((await renderBillMail(billPreview(language, { kind }))).html)).toEqual(
        [],
      );
    },
  );

  test.each(ACCOUNT_MAIL_TEMPLATES)("nor does %s", async (template) => {
    const { html } = await renderAccountMail(template, accountPreview(template, language));
    expect(notSupported(html)).toEqual([]);
  });
});

test("the data would find a mail that lays out by flex, position, images or scripts", async () => {
  const { html } = await renderBillMail(billPreview("it"));
  const with_ = (part: string) => notSupported(html.replace("</body>", `${part}</body>`));
  expect(with_('<div style="display:flex">x</div>')).toContain("display:flex");
  expect(with_('<div style="position:absolute">x</div>')).toContain("position");
  expect(with_("<form><input></form>")).not.toEqual([]);
});
