import { Button } from "react-email";
import { LIGHT, readable, textOn } from "./colours";

interface ActionButtonProps {
  /** The address itself: never rewritten for counting clicks (R16). */
  href: string;
  accent: string;
  children: string;
}

/** The mail's one thing to do. */
export function ActionButton({ href, accent, children }: ActionButtonProps) {
  const background = readable(accent, LIGHT.panel);
  return (
    <Button
      href={href}
      className="button"
      style={{
        backgroundColor: background,
        color: textOn(background),
        borderRadius: "6px",
        fontSize: "17px",
        fontWeight: 700,
        lineHeight: "24px",
        padding: "12px 24px",
        margin: "4px 0 24px",
      }}
    >
      {children}
    </Button>
  );
}
