import { Fragment, type ReactNode } from "react";

/** A code or a number of several groups; and one letter with a word, like "e-mail" in every language. */
const WHOLE =
  /(?<![^\s(«„“"'’])([\p{Lu}\d]+(?:-[\p{Lu}\d]+)+(?![\p{L}\d-])|\p{L}-\p{L}+(?!\p{L}))/u;

/** A line ends with the dot or dash between two things: it does not begin with it. */
const withDots = (words: string) => words.replace(/ ([·–]) /g, "\u00a0$1 ");

/** The same words, with line breaks where a reader expects them: none at the hyphen of a code or of "e-mail". */
export function Unbroken({ children }: { children: string }): ReactNode {
  const parts = children.split(WHOLE);
  return parts.length === 1
    ? withDots(children)
    : parts.map((part, place) => {
        // The parts of a text have no name but their place.
        const key = `${place}`;
        return place % 2 === 0 ? (
          <Fragment key={key}>{withDots(part)}</Fragment>
        ) : (
          <Whole key={key}>{part}</Whole>
        );
      });
}

/** A code breaks all the same where no line is wide enough. */
function Whole({ children }: { children: string }) {
  return /\p{Ll}/u.test(children) ? (
    <span className="whitespace-nowrap">{children}</span>
  ) : (
    <span className="inline-block" translate="no">
      {children}
    </span>
  );
}
