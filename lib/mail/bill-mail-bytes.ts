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

/** A request with marks, cut at them: bytes that stand, and between them whose value comes there. */
interface Frame {
  words: Buffer[];
  marks: string[];
  bytes: number;
}

/**
 * The body of a batch's request, as `JSON.stringify` would write its mails (R17). The words of a form are
 * turned into bytes once, and only copied for each recipient: with a hundred mails of twelve kilobytes
 * each, to put them together as text and encode that costs more than everything else about a batch.
 */
export function bytesOfMails(envelope: BatchEnvelope, mails: readonly MailToWrite[]): Buffer {
  const frames = new Map<string, Frame>();
  const filled = mails.map((mail) => {
    const frame = frames.get(mail.form.digest) ?? frameOf(envelope, mail.form);
    frames.set(mail.form.digest, frame);
    const values = valuesOf(mail);
    return { frame, values: frame.marks.map((mark) => values[mark] ?? "") };
  });
  const size = filled.reduce(
    (sum, { frame, values }) =>
      sum + frame.bytes + values.reduce((more, value) => more + Buffer.byteLength(value), 1),
    2,
  );
  const body = Buffer.allocUnsafe(size);
  let at = body.write("[");
  filled.forEach(({ frame, values }, place) => {
    at += place > 0 ? body.write(",", at) : 0;
    frame.words.forEach((word, index) => {
      at += word.copy(body, at);
      const value = values[index];
      at += value ? body.write(value, at) : 0;
    });
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
    marks: pieces.filter((_, index) => index % 2 === 1),
    bytes: words.reduce((sum, { length }) => sum + length, 0),
  };
}

function valuesOf({ to, dispatchId, facts }: MailToWrite): Record<string, string> {
  const values: Record<string, string> = { to: quoted(to), dispatch: dispatchId };
  FACTS.forEach((fact, place) => {
    const value = facts[place] ?? "";
    values[fact] = quoted(value);
    values[`line${fact}`] = quoted(oneLine(value));
    values[`html${fact}`] = quoted(escapeHtml(value));
  });
  return values;
}

/** Text as it stands between the quotation marks of a JSON string. */
const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
