import { FACTS, kindOfTemplate, type MailForm } from "./bill-mail";
import { escapeHtml } from "./escape-html";
import { oneLine } from "./rendered-mail";
import { mailRequest, type Sender } from "./resend";

/** What a batch's mails have in common. */
export interface BatchEnvelope {
  batchId: string;
  company: number;
  sender: Sender;
}

/** What one mail of a batch is made of. */
export interface MailToWrite {
  to: string;
  dispatchId: string;
  form: MailForm;
  facts: readonly string[];
}

const MARK = /\{\{([a-zA-Z]+)\}\}/;

/** A request with marks, cut at them: bytes that stand, and between them which value comes there. */
interface Frame {
  words: Buffer[];
  /** Places in the list of values that a mail has. */
  values: number[];
  bytes: number;
}

/**
 * The body of a batch's request, as `JSON.stringify` would write its mails (R17). The words of a form are
 * turned into bytes once, and only copied for each recipient: with a hundred mails of twelve kilobytes
 * each, to put them together as text and encode that costs more than everything else about a batch.
 */
export function bytesOfMails(envelope: BatchEnvelope, mails: readonly MailToWrite[]): Buffer {
  const frames = new Map<string, Frame>();
  let size = 2;
  const filled = mails.map((mail) => {
    const frame = frames.get(mail.form.digest) ?? frameOf(envelope, mail.form);
    frames.set(mail.form.digest, frame);
    const values = valuesOf(mail);
    const sizes = values.map((value) => Buffer.byteLength(value));
    size += frame.bytes + 1;
    for (const place of frame.values) {
      size += sizes[place] ?? 0;
    }
    return { frame, values };
  });
  const body = Buffer.allocUnsafe(size);
  let at = body.write("[");
  filled.forEach(({ frame, values }, place) => {
    at += place > 0 ? body.write(",", at) : 0;
    for (const [index, word] of frame.words.entries()) {
      body.set(word, at);
      at += word.length;
      const value = values[frame.values[index] ?? -1];
      at += value ? body.write(value, at) : 0;
    }
  });
  at += body.write("]", at);
  return body.subarray(0, at);
}

function frameOf({ batchId, company, sender }: BatchEnvelope, form: MailForm): Frame {
  const request = mailRequest({
    sender,
    to: "{{to}}",
    mail: {
      subject: form.subject.replaceAll("{{", "{{line"),
      html: form.html.replaceAll("{{", "{{html"),
      text: form.text,
    },
    entity: "{{dispatch}}",
    company,
    kind: kindOfTemplate(form.template) ?? form.template,
    tags: { dispatch: "{{dispatch}}", batch: batchId },
  });
  const pieces = JSON.stringify(request).split(MARK);
  const words = pieces.filter((_, index) => index % 2 === 0).map((word) => Buffer.from(word));
  return {
    words,
    values: pieces.filter((_, index) => index % 2 === 1).map((mark) => PLACES.get(mark) ?? -1),
    bytes: words.reduce((sum, { length }) => sum + length, 0),
  };
}

/** What a mail's values are called by marks, in the order of `valuesOf`. */
const PLACES = new Map(
  ["to", "dispatch", ...FACTS.flatMap((fact) => [fact, `line${fact}`, `html${fact}`])].map(
    (mark, place) => [mark, place],
  ),
);

/** Most facts are the same as text, as a line and in HTML: then they are written anew once. */
function valuesOf({ to, dispatchId, facts }: MailToWrite): string[] {
  const values = [quoted(to), dispatchId];
  for (let place = 0; place < FACTS.length; place += 1) {
    const fact = facts[place] ?? "";
    const plain = quoted(fact);
    const line = oneLine(fact);
    values.push(
      plain,
      line === fact ? plain : quoted(line),
      SPECIAL.test(fact) ? quoted(escapeHtml(fact)) : plain,
    );
  }
  return values;
}

const SPECIAL = /[&<>"']/;
/** Printable ASCII that JSON writes as it is. */
const AS_IT_IS = /^[ !#-[\]-~]*$/;

/** Text as it stands between the quotation marks of a JSON string. */
const quoted = (text: string) => (AS_IT_IS.test(text) ? text : JSON.stringify(text).slice(1, -1));
