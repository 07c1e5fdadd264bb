/** Drawn on a square of 24, in lines of 1.75. */
const PATHS = {
  overview: "M4 11.5 12 4l8 7.5M6.5 9.5V20h11V9.5M10 20v-5.5h4V20",
  bill: "M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6",
  consumption: "M4 20h16M6.5 20v-6M12 20V5M17.5 20v-9.5",
  delivery: "M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5",
  more: "M4 7h16M4 12h16M4 17h16",
  info: "M12 3.5a8.5 8.5 0 1 0 .01 0zM12 11v5.5M12 7.5v.5",
  success: "M12 3.5a8.5 8.5 0 1 0 .01 0zM8 12.3l2.8 2.7 5.2-5.6",
  warning: "M12 4 21 19.5H3zM12 10v4.5M12 16.8v.4",
  danger: "M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7zM12 8v5M12 15.8v.4",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15",
} as const;
export type IconName = keyof typeof PATHS;
export const ICON_NAMES = Object.keys(PATHS) as IconName[];

/** A drawing beside its word, never in its place: screen readers pass over it. */
export function Icon({ name, className = "size-6" }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
