import { Fragment } from "react";

/** A command to type, in lines that break between its words and not at the hyphens of one. */
export function CommandLine({ children, inCard = false }: { children: string; inCard?: boolean }) {
  return (
    <pre
      className={`mt-3 whitespace-pre-wrap rounded-md border border-line p-3 text-sm [overflow-wrap:anywhere] ${inCard ? "bg-surface" : "bg-panel"}`}
    >
      {children.split(" ").map((word, place) => {
        // A word may come twice: its name is its place.
        const key = `${place}`;
        return (
          <Fragment key={key}>
            {place > 0 ? " " : ""}
            <span className="inline-block">{word}</span>
          </Fragment>
        );
      })}
    </pre>
  );
}
