import { HtmlValidate, StaticConfigLoader } from "html-validate";

/**
 * What the standard forbids, and no more: "standard" leaves style, naming and accessibility (axe's
 * part) aside. React writes attributes as it names them (`charSet`, `hrefLang`), which HTML allows.
 */
const validator = new HtmlValidate(new StaticConfigLoader({ extends: ["html-validate:standard"] }));

/** React gives every form on a server action an empty `action`, which the standard wants left out: not ours to write. */
const OF_REACT = / action=""(?= encType="multipart\/form-data" method="POST")/g;

/** What is wrong with a document as it was served, a sentence each. */
export async function markupFaults(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html.replace(OF_REACT, ""));
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} (${selector ?? ""})`),
  );
}
