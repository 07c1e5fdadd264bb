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

/** Longer codes may be wider than a phone's line in a heading: they break there, and nowhere else. */
const SHORT = 12;

function Whole({ children }: { children: string }) {
  // A block takes no line from the link around it by itself.
  const long = "inline-block [text-decoration:inherit]";
  return (
    <span
      className={children.length > SHORT ? long : "whitespace-nowrap"}
      translate={/\p{Ll}/u.test(children) ? undefined : "no"}
    >
      {children}
    </span>
  );
}
