/** HTML that is safe to stand in a page. */
export interface Markup {
  text: string;
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of ours that needs no escaping, such as a style sheet. */
export const escaped = (text: string): Markup => ({ text });

/** HTML of a template; text put into it is escaped, other markup stands as it is. */
export function html(strings: TemplateStringsArray, ...values: (string | Markup)[]): Markup {
  const text = strings.reduce((all, piece, at) => {
    const value = values[at - 1] ?? "";
    const safe =
      typeof value === "string"
        ? value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "")
        : value.text;
    return `${all}${safe}${piece}`;
  });
  return { text };
}

/** Pieces of HTML, one after the other. */
export const join = (pieces: Markup[]): Markup => ({
  text: pieces.map(({ text }) => text).join("\n"),
});
