import { createHash } from "node:crypto";
import type { BillMailFacts, BillMailProps, BillMailShape } from "@/emails/parts/bill-mail";
import type { Language } from "@/lib/i18n/languages";
import { escapeHtml } from "./escape-html";
import { oneLine, type RenderedMail, renderBillMail } from "./rendered-mail";

/** The e-mails about a document, each a template in emails/, by the document's kind. */
const TEMPLATE_OF_KIND = {
  bill: "new-bill",
  closing_bill: "closing-bill",
  credit_note: "credit-note",
  notice: "notice",
} as const;
export type BillMailTemplate = (typeof TEMPLATE_OF_KIND)[BillMailShape["kind"]];
export const BILL_MAIL_TEMPLATES = Object.values(TEMPLATE_OF_KIND);

/** The template of a document's e-mail. */
export const billTemplate = (kind: BillMailShape["kind"]): BillMailTemplate =>
  TEMPLATE_OF_KIND[kind];

/** The document's kind that a template is of; null for a mail about an account. */
export function kindOfTemplate(template: string): BillMailShape["kind"] | null {
  const found = Object.entries(TEMPLATE_OF_KIND).find(([, name]) => name === template);
  return found ? (found[0] as BillMailShape["kind"]) : null;
}

/** In the order in which a mail's facts are kept: new ones are added at the end. */
export const FACTS: readonly (keyof BillMailFacts)[] = [
  "holderName",
  "billNumber",
  "contractNumber",
  "supplyPoint",
  "supplyAddress",
  "amount",
  "dueDate",
  "period",
  "link",
  "mandateReference",
  "creditorId",
];

const MARKS = Object.fromEntries(
  FACTS.map((fact) => [fact, `{{${fact}}}`]),
) as unknown as BillMailFacts;
const MARK = new RegExp(`\\{\\{(${FACTS.join("|")})\\}\\}`);

/** A bill's mail before the facts of a recipient: the same for all of one kind, brand and language. */
export interface MailForm extends RenderedMail {
  /** SHA-256 of all its parts: the version of the template. */
  digest: string;
  template: string;
  language: Language;
}

/** Rendered once per shape: company, language, kind and payment are few, bills are many. */
const forms = new Map<string, Promise<MailForm>>();
const FORMS_KEPT = 200;

/** A batch's mails share their brand: what it says is written out once for all of them. */
const brandKeys = new WeakMap<BillMailShape["brand"], string>();

function keyOf({ brand, ...rest }: BillMailShape): string {
  let key = brandKeys.get(brand);
  if (key === undefined) {
    key = JSON.stringify(brand);
    brandKeys.set(brand, key);
  }
  return `${key} ${rest.language} ${rest.kind} ${rest.commodity} ${rest.payment} ${rest.showAmount} ${rest.site}`;
}

/** The form of a shape, rendered when first asked for. */
export function mailForm(shape: BillMailShape): Promise<MailForm> {
  const key = keyOf(shape);
  let form = forms.get(key);
  if (!form) {
    if (forms.size >= FORMS_KEPT) {
      forms.clear();
    }
    form = rendered(shape);
    forms.set(key, form);
  }
  return form;
}

async function rendered(shape: BillMailShape): Promise<MailForm> {
  const mail = await renderBillMail({ shape, facts: MARKS });
  const { subject, preheader, html, text } = mail;
  const digest = createHash("sha256")
    .update(JSON.stringify([subject, preheader, html, text]))
    .digest("hex");
  return { ...mail, digest, template: billTemplate(shape.kind), language: shape.language };
}

/** A bill's facts as they are kept. */
export const keptFacts = (facts: BillMailFacts): string[] => FACTS.map((fact) => facts[fact]);

type Parts = Pick<MailForm, "subject" | "preheader" | "html" | "text">;

/** A form cut at its marks, so that filling it is joining strings. */
interface CutForm {
  subject: string[];
  preheader: string[];
  html: string[];
  text: string[];
}

const cut = new WeakMap<Parts, CutForm>();

function cutForm(form: Parts): CutForm {
  let pieces = cut.get(form);
  if (!pieces) {
    const { subject, preheader, html, text } = form;
    pieces = {
      subject: subject.split(MARK),
      preheader: preheader.split(MARK),
      html: html.split(MARK),
      text: text.split(MARK),
    };
    cut.set(form, pieces);
  }
  return pieces;
}

/** The mail that a form and kept facts are (R16); escaped in HTML, and a mark inside a fact stays text. */
export function fillForm(form: Parts, facts: readonly string[]): RenderedMail {
  const plain: Record<string, string> = {};
  const escaped: Record<string, string> = {};
  FACTS.forEach((fact, place) => {
    const value = facts[place] ?? "";
    plain[fact] = value;
    escaped[fact] = escapeHtml(value);
  });
  const pieces = cutForm(form);
  return {
    subject: oneLine(joined(pieces.subject, plain)),
    preheader: joined(pieces.preheader, plain),
    html: joined(pieces.html, escaped),
    text: joined(pieces.text, plain),
  };
}

/** Pieces alternate: words, the name of a mark, words, and so on. */
function joined(pieces: readonly string[], values: Record<string, string>): string {
  let whole = pieces[0] ?? "";
  for (let at = 1; at < pieces.length; at += 2) {
    whole += (values[pieces[at] ?? ""] ?? "") + (pieces[at + 1] ?? "");
  }
  return whole;
}

/** The mail of a bill: a form rendered once, filled with the recipient's facts (R16). */
export async function billMail({ shape, facts }: BillMailProps): Promise<RenderedMail> {
  return fillForm(await mailForm(shape), keptFacts(facts));
}
