import { LocalLink } from "@/components/ui/local-link";

interface Chip {
  key: string;
  href: string;
  label: string;
  /** Read out in the place of the label. */
  name?: string;
  current: boolean;
}

const CHIP =
  "inline-flex min-h-9 min-w-9 items-center justify-center rounded-md border px-2.5 text-sm no-underline";
const CURRENT = "border-accent bg-accent font-semibold text-on-accent";
const OTHER = "border-field-line bg-panel text-ink hover:bg-accent-soft";

/** Links to views that stand beside each other, the present one marked. */
export function ChipList({ label, chips }: { label: string; chips: Chip[] }) {
  return (
    <ul aria-label={label} className="flex flex-wrap gap-2">
      {chips.map(({ key, href, label: words, name, current }) => (
        <li key={key}>
          <LocalLink
            href={href}
            aria-current={current ? "page" : undefined}
            aria-label={name}
            className={`${CHIP} ${current ? CURRENT : OTHER}`}
          >
            {words}
          </LocalLink>
        </li>
      ))}
    </ul>
  );
}
