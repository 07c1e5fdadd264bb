const TONES = {
  primary: "border-transparent bg-accent text-on-accent hover:brightness-110",
  quiet: "border-field-line bg-panel text-ink hover:bg-accent-soft",
  danger: "border-danger bg-panel text-danger hover:bg-danger-soft",
} as const;

/** The look of buttons and of links that act as the next step; at least 44 px high. */
export function buttonClass(tone: keyof typeof TONES = "primary"): string {
  return `inline-flex min-h-11 items-center justify-center gap-2 rounded-md border px-5 py-2 text-center font-semibold no-underline aria-disabled:opacity-60 ${TONES[tone]}`;
}
