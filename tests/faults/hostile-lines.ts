const LONGEST = 300;
const CONTROL = /\p{Cc}|\p{Zl}|\p{Zp}|[\u202A-\u202E\u2066-\u2069]/u;
/** What a machine says and no person understands. */
const MACHINE =
  /^Unexpected failure|Failed query|\n? {4}at |node_modules|\.tsx?:\d|invalid input syntax|violates|duplicate key|out of range|\bundefined\b|\[object|ENOENT|EISDIR/;
const TAX_ID = /[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]/i;
const VAT_NUMBER = /(?<![A-Z0-9])(?:IT)?\d{11}(?![A-Z0-9])/i;
const IBAN = /IT\d{2}[A-Z]\d{10}[A-Z0-9]{12}/i;

/**
 * What is wrong with the lines that a refusal shows, one sentence for each sort of fault: it must name the
 * file, say in short lines what is wrong and keep to itself how it found out, and nobody's tax id or IBAN
 * stands there whole.
 */
export function linesFaults(lines: string[], names: string[]): string[] {
  const faults = new Map<string, string>();
  const found = (sort: string, line: string) => {
    if (!faults.has(sort)) {
      faults.set(sort, `${sort}: ${JSON.stringify(line.slice(0, 300))}`);
    }
  };
  if (!lines.some((line) => names.some((name) => line.includes(name)))) {
    found("no line names the file", lines[0] ?? "");
  }
  for (const line of lines) {
    // The file's own name may be what it likes; what is said of it not.
    const plain = names.reduce((rest, name) => rest.replaceAll(name, "…"), line);
    const bare = plain.replace(/\s/g, "");
    const unquoted = plain.replace(/"[^"]*"/g, "…");
    if (line.length > LONGEST) {
      found(`a line has more than ${LONGEST} characters`, line);
    }
    if (CONTROL.test(line)) {
      found("a line holds a control character", line);
    }
    if (MACHINE.test(unquoted)) {
      found("a line is a machine's", line);
    }
    if (TAX_ID.test(bare) || VAT_NUMBER.test(plain)) {
      found("a line holds a whole tax id", line);
    }
    if (IBAN.test(bare)) {
      found("a line holds a whole IBAN", line);
    }
  }
  return [...faults.values()];
}
