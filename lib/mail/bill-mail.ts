import type { NewBillFacts, NewBillProps, NewBillShape } from "@/emails/new-bill";
import { escapeHtml } from "./escape-html";
import { oneLine, type RenderedMail, renderNewBill } from "./rendered-mail";

const FACTS: readonly (keyof NewBillFacts)[] = [
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
) as unknown as NewBillFacts;
const MARK = new RegExp(`\\{\\{(${FACTS.join("|")})\\}\\}`, "g");

/** Rendered once per shape: company, language, kind and payment are few, bills are many. */
const forms = new Map<string, Promise<RenderedMail>>();
const FORMS_KEPT = 200;

/** The mail of a bill: a form rendered once, filled with the recipient's facts (R16). */
export async function billMail({ shape, facts }: NewBillProps): Promise<RenderedMail> {
  const form = await formOf(shape);
  const plain = (text: string) => fill(text, facts, (value) => value);
  return {
    subject: oneLine(plain(form.subject)),
    preheader: plain(form.preheader),
    html: fill(form.html, facts, escapeHtml),
    text: plain(form.text),
  };
}

function formOf(shape: NewBillShape): Promise<RenderedMail> {
  const key = JSON.stringify(shape);
  let form = forms.get(key);
  if (!form) {
    if (forms.size >= FORMS_KEPT) {
      forms.clear();
    }
    form = renderNewBill({ shape, facts: MARKS });
    forms.set(key, form);
  }
  return form;
}

/** In one pass, so that a mark inside a fact stays what it is: text. */
function fill(form: string, facts: NewBillFacts, write: (value: string) => string): string {
  return form.replace(MARK, (_mark, fact: keyof NewBillFacts) => write(facts[fact]));
}
