import type { Tone } from "./notice";

const TONES: Record<Tone, string> = {
  info: "bg-accent-soft text-ink",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};

/** A state in a word. */
export function Badge({ tone = "info", children }: { tone?: Tone; children: string }) {
  return (
    <span
      className={`inline-block whitespace-nowrap rounded-full px-2.5 listed:whitespace-normal listed:rounded-xl py-0.5 font-semibold text-sm ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
